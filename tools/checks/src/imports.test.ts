import { describe, expect, it } from 'vitest';
import { findForbiddenImports, importsOf, packageOf } from './rules/imports.ts';
import { listFiles, readProjects, readRootManifest, readText, type Project } from './support/workspace.ts';

describe('the imports of the sources', () => {
  const projects = readProjects();
  const rootDevDependencies = Object.keys(readRootManifest().devDependencies ?? {});
  const sources = listFiles('.', /^(?:packages|apps|tools)\/.*\.(?:ts|mts|js|mjs)$/)
    .filter((path) => projects.some(({ folder }) => path.startsWith(`${folder}/`)))
    .map((path) => ({ path, text: readText(path) }));

  it('are declared, stay inside their package, and keep to the rules of the graph', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((source) => findForbiddenImports(source, { projects, rootDevDependencies }))).toEqual([]);
  });
});

describe('the rule over imports', () => {
  const project = (folder: string, name: string, kind: string, manifest: Project['manifest'] = {}): Project => ({ folder, manifest: { name, nx: { tags: [`type:${kind}`] }, ...manifest } });
  const projects = [
    project('packages/layer', '@x/layer', 'layer'),
    project('packages/bridge', '@x/bridge', 'bridge', { dependencies: { hono: '1.0.0', '@x/layer': '0.1.0' }, devDependencies: { '@x/kit': '0.0.0' } }),
    project('apps/app', 'app', 'app', { bin: { app: './bin/app.js' }, devDependencies: { '@x/kit': '0.0.0', commander: '1.0.0' } }),
    project('tools/kit', '@x/kit', 'test-kit'),
  ];
  const check = (path: string, text: string): string[] => findForbiddenImports({ path, text }, { projects, rootDevDependencies: ['vitest', '@x/bridge'] });

  it('reads every way to import, and nothing that only looks like one', () => {
    const text = [
      `import type { A } from './a.ts';`,
      `export * from 'b';`,
      `const c = await import('c');`,
      `type D = import('d').D;`,
      `import e = require('e');`,
      `const f = require('f');`,
      `const text = "import 'no'"; // import 'no'`,
      'const template = `import "no"`; const pattern = /import "no"/;',
      `import('no' + text);`,
    ].join('\n');
    expect(importsOf({ path: 'x.ts', text })).toEqual(['./a.ts', 'b', 'c', 'd', 'e', 'f']);
  });

  it('knows the package that a specifier names', () => {
    expect(['@x/layer/sub/path', 'hono/tiny', 'node:fs', './x.ts', 'data:text/javascript,'].map(packageOf)).toEqual(['@x/layer', 'hono', undefined, undefined, undefined]);
  });

  it('finds a sibling that is imported without being declared', () => {
    expect(check('packages/layer/src/a.ts', `import '@x/bridge';`)).toEqual(['packages/layer/src/a.ts: "@x/bridge" is not declared in packages/layer/package.json']);
  });

  it('finds a declared sibling that the graph forbids', () => {
    expect(check('packages/bridge/src/a.ts', `import type { L } from '@x/layer';`)).toEqual([expect.stringContaining('type:bridge may not use type:layer')]);
  });

  it('finds a path that leads into another package', () => {
    expect(check('packages/layer/src/deep/a.ts', `import '../../../bridge/src/b.ts';`)).toEqual([expect.stringContaining('leads out of packages/layer')]);
  });

  it('lets tests use a test kit, and nothing else', () => {
    expect(check('packages/bridge/test/a.test.ts', `import '@x/kit';`)).toEqual([]);
    expect(check('packages/bridge/src/a.ts', `import '@x/kit';`)).toEqual([expect.stringContaining('is not declared')]);
    expect(check('apps/app/src/a.ts', `import '@x/kit';`)).toEqual([expect.stringContaining('only tests may import it')]);
  });

  it('lets tests use what the root brings for them, and sources not', () => {
    expect(check('packages/layer/src/a.test.ts', `import 'vitest';`)).toEqual([]);
    expect(check('packages/layer/src/a.ts', `import 'vitest';`)).toEqual([expect.stringContaining('is not declared')]);
    expect(check('packages/layer/src/a.test.ts', `import '@x/bridge';`)).toEqual([expect.stringContaining('is not declared')]);
  });

  it('lets an app use what it bundles', () => {
    expect(check('apps/app/src/a.ts', `import 'commander';`)).toEqual([]);
  });
});
