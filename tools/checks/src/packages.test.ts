import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLooseVersions, findManifestProblems, findMissingFiles } from './rules/manifests.ts';
import { compiledFiles } from './support/compiled-files.ts';
import { listFiles, publishedProjects, readIfThere, readProjects, readRootManifest, ROOT, type Manifest } from './support/workspace.ts';

describe('every published package', () => {
  const projects = publishedProjects();

  it('is one of the eight packages, a later layer, or one of the two apps', () => {
    expect(projects.filter(({ folder }) => folder.startsWith('packages/')).length).toBeGreaterThanOrEqual(8);
    expect(projects.filter(({ folder }) => folder.startsWith('apps/')).map(({ folder }) => folder)).toEqual(['apps/cli', 'apps/mcp-server']);
  });

  it('has a package.json of the same form', () => {
    expect(projects.flatMap(findManifestProblems)).toEqual([]);
  });

  it('has a README with an example, a CHANGELOG that ends at its version, a LICENSE and tests', () => {
    const problems = projects.flatMap((project) => {
      const read = (name: string): string | undefined => readIfThere(join(ROOT, project.folder, name));
      return findMissingFiles(project, { readme: read('README.md'), changelog: read('CHANGELOG.md'), license: read('LICENSE'), tests: listFiles(project.folder, /\.test\.ts$/) });
    });
    expect(problems).toEqual([]);
  });
});

describe('every package', () => {
  it('has no TypeScript file that the type check at the root leaves out', () => {
    const compiled = compiledFiles();
    const files = readProjects().flatMap(({ folder }) => listFiles(folder, /\.ts$/));
    expect(compiled.size).toBeGreaterThan(100);
    expect(files.filter((path) => !compiled.has(path))).toEqual([]);
  });

  it('pins each dependency to one version', () => {
    expect([...readProjects(), { folder: '.', manifest: readRootManifest() }].flatMap(findLooseVersions)).toEqual([]);
  });
});

describe('the rules over packages', () => {
  const exports = { '.': { '@code-executor/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json', './internal/*': null };
  const good: Manifest = {
    name: '@code-executor/good',
    version: '1.2.3',
    description: 'A good one.',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=22.12' },
    repository: { type: 'git', url: 'git+https://github.com/code-executor/code-executor.git', directory: 'packages/good' },
    exports,
    files: ['dist'],
    nx: { tags: ['type:layer'] },
  };

  it('accept what is right', () => {
    expect(findManifestProblems({ folder: 'packages/good', manifest: good })).toEqual([]);
  });

  it.each<[string, Manifest]>([
    ['name', { name: '@code-executor/other' }],
    ['version', { version: '1.2' }],
    ['license', { license: 'ISC' }],
    ['type', { type: 'commonjs' }],
    ['engines', { engines: { node: '>=20' } }],
    ['repository', { repository: { type: 'git', url: good.repository?.url ?? '', directory: 'packages/other' } }],
    ['files', { files: [] }],
    ['tags', { nx: { tags: [] } }],
    ['exports', { exports: { ...exports, './internal/*': './dist/*.js' } }],
    ['exports', { exports: { ...exports, '.': { types: './dist/index.d.ts', '@code-executor/source': './src/index.ts', default: './dist/index.js' } } }],
  ])('refuse a wrong %s', (field, change) => {
    expect(findManifestProblems({ folder: 'packages/good', manifest: { ...good, ...change } })).toEqual([expect.stringContaining(field)]);
  });

  it('refuse version ranges', () => {
    const manifest = { dependencies: { a: '^1.0.0', b: '1.0.0', c: 'npm:d@1.0.0', e: '*', f: 'npm:g@^1.0.0' } };
    expect(findLooseVersions({ folder: 'x', manifest })).toEqual([expect.stringContaining('a must'), expect.stringContaining('e must'), expect.stringContaining('f must')]);
  });

  it('refuse a changelog that stopped before the version', () => {
    const files = { readme: '# @code-executor/good\n\n```ts\n```\n', changelog: '# Changelog\n\n## 1.2.2\n', license: 'MIT License\n', tests: ['a.test.ts'] };
    expect(findMissingFiles({ folder: 'packages/good', manifest: good }, files)).toEqual(['packages/good: CHANGELOG.md: the newest heading must be "## 1.2.3", got "## 1.2.2"']);
  });
});
