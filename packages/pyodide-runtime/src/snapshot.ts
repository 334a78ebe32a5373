import { Buffer } from 'node:buffer';
import { startJail } from '@code-executor/deno-runtime';
import { PyodideRuntimeError } from './errors.ts';
import { pythonJailPlan } from './jail-plan.ts';

/** A snapshot of 3.14 has 31 MB; anything near this is no snapshot. */
const MOST_BYTES = 268_435_456;
const READY = Buffer.from('ready\n');
const LENGTH_BYTES = 8;
const BUILD_MEMORY_MB = 1_024;

/**
 * Loads Pyodide in a locked process on the directory's own files and takes its memory.
 *
 * @param options.timeoutMs ms after which the process is killed
 * @param options.signal kills the process
 * @throws {PyodideRuntimeError} `snapshot_failed`
 */
export async function takeSnapshot(options: {
  denoPath: string;
  directory: string;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<Buffer> {
  const { denoPath, directory, timeoutMs, signal } = options;
  if (signal.aborted) throw failed('it was called off');
  const jail = startJail(pythonJailPlan({ denoPath, directory, root: 'python-snapshot.js', memoryMb: BUILD_MEMORY_MB, timeoutMs }));
  const kill = (): void => jail.kill();
  const timer = setTimeout(kill, timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  jail.onOutput((chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) kill();
  });
  jail.write('{}\n');
  try {
    const { code, stderr } = await jail.exited;
    const output = Buffer.concat(chunks);
    const body = output.subarray(READY.length + LENGTH_BYTES);
    const whole =
      code === 0 &&
      output.length > READY.length + LENGTH_BYTES &&
      output.subarray(0, READY.length).equals(READY) &&
      output.readBigUInt64BE(READY.length) === BigInt(body.length);
    if (whole) return body;
    if (signal.aborted) throw failed('it was called off');
    throw failed(stderr.trim().split('\n')[0] || `the process ended early, after at most ${timeoutMs} ms`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function failed(reason: string): PyodideRuntimeError {
  return new PyodideRuntimeError('snapshot_failed', `The Python snapshot could not be made: ${reason}`);
}
