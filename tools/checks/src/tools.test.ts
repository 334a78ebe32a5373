import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from './support/run-tool.ts';
import { ROOT } from './support/workspace.ts';

/** What a tool says where it finds something; empty where it is content. */
async function complaints(command: string, args: readonly string[]): Promise<string> {
  const { status, output } = await runTool(command, args);
  return status === 0 ? '' : `${command} ended with ${status}:\n${output}`;
}

describe('over the whole workspace', () => {
  it('oxlint finds no error and no warning', async () => {
    expect(await complaints('oxlint', ['--deny-warnings'])).toBe('');
  });

  it('tsc finds no error in any source, test or tool', async () => {
    expect(await complaints('tsc', ['-b'])).toBe('');
  }, 180_000);

  it('knip finds no unused file, export or dependency, and none undeclared', async () => {
    expect(await complaints('knip', ['--no-progress', '--no-config-hints'])).toBe('');
  }, 60_000);

  it('sherif finds no disorder among the package.json files', async () => {
    expect(await complaints('sherif', ['--fail-on-warnings'])).toBe('');
  });
});

describe('the tools, over a folder with a fault of each kind', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'code-executor-faults-'));
    await mkdir(join(folder, 'src'));
    const manifest = { name: 'faults', version: '1.0.0', private: true, type: 'module', workspaces: [], dependencies: { b: '1.0.0', a: '1.0.0' } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, noEmit: true }, include: ['src'] }));
    await writeFile(join(folder, 'knip.json'), JSON.stringify({ entry: ['src/index.ts'], project: ['src/**/*.ts'] }));
    await writeFile(join(folder, 'src/index.ts'), `var count: number = 'three';\nexport const double: ${'an'}${'y'} = count * 2;\n`);
    await writeFile(join(folder, 'src/unused.ts'), 'export const unused = 1;\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['oxlint', ['--deny-warnings', '--config', join(ROOT, '.oxlintrc.json'), 'src'], 'no-explicit-any'],
    ['tsc', ['-p', '.'], 'TS2322'],
    ['knip', ['--no-progress', '--no-config-hints'], 'src/unused.ts'],
    ['sherif', ['--fail-on-warnings'], 'root-package-manager-field'],
  ])('%s says no', async (command, args, fault) => {
    const { status, output } = await runTool(command, args, folder);
    expect(status).not.toBe(0);
    expect(output).toContain(fault);
  });
});
