import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const COPIED = ['package.json', 'nx.json', 'tsconfig.base.json', 'vitest.config.ts', '.oxlintrc.json', 'LICENSE'];

describe('a layer that nx made in a copy of this workspace', () => {
  let copy: string;
  beforeAll(async () => {
    copy = realpathSync(mkdtempSync(join(tmpdir(), 'code-executor-layer-')));
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name));
    for (const group of ['packages', 'apps', 'tools']) mkdirSync(join(copy, group));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ extends: './tsconfig.base.json', files: [], references: [] }));
    await run('nx', 'g', '@code-executor/generators:layer', 'token-guard', '--description=Guards tokens.');
  }, 120_000);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** Runs a tool of the workspace in the copy; rejects with its output where it fails. */
  async function run(command: string, ...args: string[]): Promise<string> {
    const { PATH = '', NODE_OPTIONS: _, ...rest } = process.env;
    // A run of vitest inside one of vitest must not take itself for its worker.
    const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('VITEST')));
    const { stdout, stderr } = await promisify(execFile)(command, args, {
      cwd: copy,
      env: { ...env, PATH: join(ROOT, 'node_modules/.bin') + delimiter + PATH, NX_DAEMON: 'false', NO_COLOR: '1' },
      shell: process.platform === 'win32',
    });
    return stdout + stderr;
  }

  it('is named as asked', () => {
    expect(readFileSync(join(copy, 'packages/token-guard/README.md'), 'utf8')).toMatch(/^# @code-executor\/token-guard\n\nGuards tokens\.\n/);
  });

  it('type-checks and builds from the root of the workspace', async () => {
    expect(await run('tsc', '-b')).toBe('');
    expect(readFileSync(join(copy, 'packages/token-guard/dist/index.d.ts'), 'utf8')).toContain('createTokenGuard');
  }, 120_000);

  it('passes its own tests, the example of its README among them', async () => {
    await run('vitest', 'run', '--project', '@code-executor/token-guard', '--reporter=json', '--outputFile=report.json');
    const report = JSON.parse(readFileSync(join(copy, 'report.json'), 'utf8')) as { success: boolean; numPassedTests: number; numTotalTests: number };
    expect(report).toMatchObject({ success: true, numTotalTests: report.numPassedTests });
    expect(report.numPassedTests).toBeGreaterThanOrEqual(10);
  }, 120_000);

  it('gives the linter nothing to say', async () => {
    expect(await run('oxlint', '--deny-warnings', 'packages/token-guard')).toContain('Found 0 warnings and 0 errors');
  });

  it('cannot be made twice', async () => {
    await expect(run('nx', 'g', '@code-executor/generators:layer', 'token-guard')).rejects.toThrow('packages/token-guard exists already: choose another name');
  }, 60_000);
});
