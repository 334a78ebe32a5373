import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPackingProblems } from './rules/packed-files.ts';
import { inPairs, packProjects, type PackedProject } from './support/packed.ts';
import { runTool } from './support/run-tool.ts';
import type { Project } from './support/workspace.ts';

describe('every package as npm would publish it', () => {
  let packed: PackedProject[];
  let remove: () => Promise<void>;
  beforeAll(async () => {
    ({ packed, remove } = await packProjects());
  }, 120_000);
  afterAll(() => remove());

  it('ships its build, its sources without tests, its harness where it has one, and nothing else', () => {
    expect(packed.length).toBeGreaterThanOrEqual(10);
    expect(packed.flatMap(({ project, files }) => findPackingProblems(project, files))).toEqual([]);
  });

  it('has nothing that publint complains about', async () => {
    const runs = await inPairs(packed, ({ tarball }) => runTool('publint', ['run', tarball, '--strict', '--pack=false']));
    expect(runs.filter(({ status, output }) => status !== 0 || !output.includes('All good!')).map(({ output }) => output)).toEqual([]);
  }, 120_000);

  it('resolves with types from ESM in every way that attw tries', async () => {
    const libraries = packed.filter(({ project }) => project.manifest.exports !== undefined);
    expect(libraries.length).toBeGreaterThanOrEqual(8);
    const runs = await inPairs(libraries, ({ tarball }) => runTool('attw', [tarball, '--profile=esm-only', '--no-definitely-typed', '--format=ascii']));
    // A package without any types would end with 0 as well.
    const unresolved = runs.filter(({ status, output }) => status !== 0 || !/node16 \(from ESM\): .*\(ESM\)/.test(output));
    expect(unresolved.map(({ output }) => output)).toEqual([]);
  }, 180_000);
});

describe('the tools, over a package whose types lie elsewhere', () => {
  let folder: string;
  let tarball: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'code-executor-broken-'));
    const manifest = { name: 'broken', version: '1.0.0', type: 'module', exports: { '.': { default: './index.js', types: './types.d.ts' } } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'index.js'), 'export const a = 1;\n');
    await writeFile(join(folder, 'elsewhere.d.ts'), 'export const a: number;\n');
    const { stdout } = await runTool('npm', ['pack', '--json', '--ignore-scripts'], folder);
    tarball = join(folder, Object.values(JSON.parse(stdout) as Record<string, { filename: string }>)[0]?.filename ?? '');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('publint says no', async () => {
    expect(await runTool('publint', ['run', tarball, '--strict', '--pack=false'])).toMatchObject({ status: 1, output: expect.stringContaining('types') });
  });

  it('attw says no', async () => {
    expect(await runTool('attw', [tarball, '--profile=esm-only', '--no-definitely-typed', '--format=ascii'])).toMatchObject({ status: 1 });
  });
});

describe('the rule over what is shipped', () => {
  const library: Project = { folder: 'packages/x', manifest: { files: ['dist', 'src'] } };
  const good = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];

  it('accepts a build with its sources', () => {
    expect(findPackingProblems(library, good)).toEqual([]);
  });

  it.each(['src/a.test.ts', 'test/a.ts', 'dist/tsconfig.lib.tsbuildinfo', '.env', 'harness/main.js', 'src/key.pem', 'dist/out.tgz'])('refuses %s', (path) => {
    expect(findPackingProblems(library, [...good, path])).toEqual([`packages/x: ships ${path}`]);
  });

  it.each(['dist/index.js', 'LICENSE'])('misses %s', (path) => {
    expect(findPackingProblems(library, good.filter((each) => each !== path))).toEqual([`packages/x: does not ship ${path}`]);
  });

  it('refuses what an older build left behind', () => {
    expect(findPackingProblems(library, [...good, 'dist/old.js'])).toEqual([expect.stringContaining('ships dist/old.js, which no source makes any more')]);
  });

  it('wants the harness of a package that says it has one', () => {
    const runtime: Project = { folder: 'packages/y', manifest: { files: ['dist', 'src', 'harness'] } };
    expect(findPackingProblems(runtime, good)).toEqual(['packages/y: does not ship harness/']);
    expect(findPackingProblems(runtime, [...good, 'harness/main.js'])).toEqual([]);
  });
});
