import { Buffer } from 'node:buffer';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startJail, type Jail } from '@code-executor/deno-runtime';
import { PyodideRuntimeError } from './errors.ts';
import { pythonJailPlan } from './jail-plan.ts';
import { SNAPSHOT } from './manifest.ts';

/** A packed snapshot of Python 3.14 has 15 MB; anything near this is none. */
const MOST_BYTES = 268_435_456;
const READY = Buffer.from('ready\n');
const LENGTH_BYTES = 8;
const BUILD_MEMORY_MB = 1_024;

/** Where and how to make a snapshot. */
export interface SnapshotOptions {
  denoPath: string;
  /** A directory with all other files of a sandbox; the snapshot is written into it. */
  directory: string;
  /** ms that each of the two processes may take: one that makes the snapshot, one that starts from it. */
  timeoutMs: number;
  /** Kills what runs. */
  signal: AbortSignal;
}

/**
 * Loads Pyodide in a locked process, writes down its memory and proves that a sandbox starts from it. On failure no
 * snapshot is left in the directory.
 *
 * @throws {PyodideRuntimeError} `snapshot_failed`
 */
export async function buildSnapshot(options: SnapshotOptions): Promise<void> {
  const file = join(options.directory, SNAPSHOT);
  try {
    await writeFile(file, await takeSnapshot(options), { mode: 0o600 });
    await tryStart(options);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function takeSnapshot(options: SnapshotOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const { code, stderr } = await runJail('python-snapshot.js', options, (jail) => {
    let bytes = 0;
    jail.onOutput((chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) jail.kill();
    });
    jail.write('{}\n');
  });
  const output = Buffer.concat(chunks);
  const snapshot = output.subarray(READY.length + LENGTH_BYTES);
  const whole =
    code === 0 &&
    output.length > READY.length + LENGTH_BYTES &&
    output.subarray(0, READY.length).equals(READY) &&
    output.readBigUInt64BE(READY.length) === BigInt(snapshot.length);
  if (!whole) throw failed(options, stderr, 'the process ended before the snapshot was whole');
  return snapshot;
}

async function tryStart(options: SnapshotOptions): Promise<void> {
  let started = false;
  const { stderr } = await runJail('python-main.js', options, (jail) => {
    jail.onOutput((chunk) => {
      started = chunk.equals(READY);
      jail.kill();
    });
  });
  if (!started) throw failed(options, stderr, 'no sandbox starts from it');
}

async function runJail(
  root: 'python-snapshot.js' | 'python-main.js',
  options: SnapshotOptions,
  use: (jail: Jail) => void,
): Promise<{ code: number | null; stderr: string }> {
  const { denoPath, directory, timeoutMs, signal } = options;
  if (signal.aborted) throw failed(options, '', '');
  const jail = startJail(pythonJailPlan({ denoPath, directory, root, memoryMb: BUILD_MEMORY_MB, timeoutMs }));
  const kill = (): void => jail.kill();
  const timer = setTimeout(kill, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  try {
    use(jail);
    return await jail.exited;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function failed({ signal }: SnapshotOptions, stderr: string, otherwise: string): PyodideRuntimeError {
  const reason = signal.aborted ? 'it was called off' : stderr.trim().split('\n')[0] || otherwise;
  return new PyodideRuntimeError('snapshot_failed', `The Python snapshot could not be made: ${reason}`);
}
