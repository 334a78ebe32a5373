import type { Buffer } from 'node:buffer';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteStore } from './byte-store.ts';
import { JAIL_ENVIRONMENT, jailArguments, type JailGrants } from './jail-arguments.ts';
import { withProcessLimits, type ProcessLimits } from './process-limits.ts';

/** How to start one locked process. */
export interface JailPlan {
  denoPath: string;
  /** The trusted root module: a plain JavaScript file. */
  harness: string;
  grants: JailGrants;
  limits: ProcessLimits;
}

/** How a process ended. */
export interface JailExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The first 16 KiB of stderr: the engine's own words, for diagnosis; never shown to anyone as output. */
  stderr: string;
  /** Whether it wrote so much to stderr that it was killed for it. */
  stderrFlooded: boolean;
}

/** A running locked process. */
export interface Jail {
  readonly pid: number;
  /** Hands over one line; errors of a dead process are ignored, its exit says enough. */
  write(line: string): void;
  /** Ends stdin: a program that reads it meets its end at once. */
  closeInput(): void;
  onOutput(listener: (chunk: Buffer) => void): void;
  /** Resolves when the process is gone and its pipes are drained; never rejects. */
  readonly exited: Promise<JailExit>;
  /** SIGKILL to the whole process group: SIGTERM could be ignored. */
  kill(): void;
  /** Removes the working directory, which nothing needs once the harness runs. */
  dropWorkingDirectory(): void;
}

/** Of stderr this much is kept. */
const STDERR_BYTES = 16_384;
/** The engine never writes this much; a program that does finds its process killed. */
const STDERR_FLOOD_BYTES = 1_048_576;

/**
 * Starts a locked Deno process: empty environment, an empty directory of its own, its own process group.
 *
 * @throws what `spawn` throws at once; a binary that cannot be started shows as an exit with code null
 */
export function startJail({ denoPath, harness, grants, limits }: JailPlan): Jail {
  const [command, ...args] = withProcessLimits([denoPath, ...jailArguments(harness, grants)], limits);
  const directory = mkdtempSync(join(tmpdir(), 'code-executor-'));
  const dropWorkingDirectory = (): void => {
    try {
      rmdirSync(directory);
    } catch {
      // Gone already, or in use as on Windows: the exit tries again.
    }
  };
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(command as string, args, {
      cwd: directory,
      env: { ...JAIL_ENVIRONMENT },
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    dropWorkingDirectory();
    throw error;
  }

  let gone = false;
  let stderrBytes = 0;
  const stderr = new ByteStore(STDERR_BYTES);
  const exited = new Promise<JailExit>((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null, failure = ''): void => {
      gone = true;
      dropWorkingDirectory();
      const text = failure + stderr.bytes().toString('utf8');
      resolve({ code, signal, stderr: text, stderrFlooded: stderrBytes > STDERR_FLOOD_BYTES });
    };
    child.once('error', (error) => settle(null, null, error.message));
    child.once('exit', () => (gone = true));
    child.once('close', (code, signal) => settle(code, signal));
  });
  const kill = (): void => {
    if (gone || child.pid === undefined) return;
    try {
      if (process.platform === 'win32') child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended in this very moment.
    }
  };

  // A machine out of file descriptors gives no pipes; the error event says so.
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.append(chunk);
    stderrBytes += chunk.length;
    if (stderrBytes > STDERR_FLOOD_BYTES) kill();
  });
  child.stdin?.on('error', () => {});

  return {
    pid: child.pid ?? 0,
    write: (line) => void child.stdin?.write(line),
    closeInput: () => void child.stdin?.end(),
    onOutput: (listener) => void child.stdout?.on('data', listener),
    exited,
    kill,
    dropWorkingDirectory,
  };
}
