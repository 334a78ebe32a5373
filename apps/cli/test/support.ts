import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The built program, as users start it. */
const BIN = join(import.meta.dirname, '../bin/code-executor.js');

/** One Python snapshot for every test, beside the other caches of the workspace. */
const CACHE_HOME = join(import.meta.dirname, '../../../node_modules/.cache/code-executor-test');

/** How a command ended. */
export interface Ending {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What surrounds a command. */
export interface Surroundings {
  home?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** Gets the means to signal the command while it runs. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Called with stdout so far, whenever there is more. */
  onStdout?: (text: string) => void;
}

/** An empty directory that goes with the test. */
export function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'cli-test-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** Runs the command line with nothing in its environment but PATH, HOME and what the test adds. */
export async function cli(args: readonly string[], { home, env, stdin, onStart, onStdout }: Surroundings = {}): Promise<Ending> {
  const own = home ?? emptyHome();
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: own,
    env: { PATH: process.env['PATH'], HOME: own, XDG_CACHE_HOME: CACHE_HOME, TMPDIR: own, ...env },
  });
  onStart?.((signal) => void child.kill(signal));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onStdout?.(stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(stdin ?? '');
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}
