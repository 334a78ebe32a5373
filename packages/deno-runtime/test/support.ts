import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createDenoRuntime, type RunRequest, type RunResult, type Runtime, type RuntimeOptions } from '../src/index.ts';

/** A directory that goes away with the test file. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'deno-runtime-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A runtime that is closed with the test file. */
export function testRuntime(options: RuntimeOptions = {}): Runtime {
  const runtime = createDenoRuntime({ startupTimeoutMs: 60_000, ...options });
  afterAll(() => runtime.close());
  return runtime;
}

/** Runs one program; a limit that a slow machine does not meet by accident. */
export function runner(runtime: Runtime): (code: string, request?: Partial<RunRequest>) => Promise<RunResult> {
  return (code, request = {}) => runtime.run({ code, timeoutMs: 25_000, ...request });
}

/** Points TMPDIR at an empty directory of this test file's own and returns it. */
export function privateTemporaryDirectory(): string {
  const directory = join(scratchDirectory(), 'tmp');
  mkdirSync(directory);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = directory;
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return directory;
}

/** Ids of this process's living children that run `deno` or are on their way there. */
export function sandboxProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [, state, parent] = /\) (\w) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return Number(parent) === process.pid && state !== 'Z' && isSandbox(pid);
      } catch {
        return false;
      }
    });
}

function isSandbox(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--no-prompt');
}

/** Everything that a result says, to be searched for what must not be in it. */
export function everythingIn(result: RunResult): string {
  return JSON.stringify(result);
}
