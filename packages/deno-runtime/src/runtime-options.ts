import { availableParallelism } from 'node:os';
import { RuntimeError } from './errors.ts';
import type { RunLimits } from './supervise.ts';

/** Settings that every language's runtime shares. */
export interface RuntimeOptions {
  /** Memory of one sandbox in MB, 64 to 65536. @default {512} for TypeScript, 1024 for Python */
  memoryMb?: number;
  /** Bytes of output that are kept, up to 64 MiB. @default {1048576} */
  maxOutputBytes?: number;
  /** ms that a sandbox may take to start. @default {15000} for TypeScript, 60000 for Python */
  startupTimeoutMs?: number;
  /** Another Deno executable than the one that the npm package brings; its version is then yours to check. */
  denoPath?: string;
}

const MIB = 1_048_576;

/** Least and most memory of a sandbox, in MB. */
export const MEMORY_MB: readonly [number, number] = [64, 65_536];

/** Least and most bytes of output that are kept; past the most a run is stopped. */
export const OUTPUT_BYTES: readonly [number, number] = [0, 64 * MIB];

/** @throws {RuntimeError} `invalid_option` */
export function checkRuntimeOptions(
  options: RuntimeOptions,
  defaults: { memoryMb: number; startupTimeoutMs: number },
): RunLimits {
  const known = new Set(['memoryMb', 'maxOutputBytes', 'startupTimeoutMs', 'denoPath']);
  const unknown = Object.keys(options).find((key) => !known.has(key));
  if (unknown !== undefined) throw new RuntimeError('invalid_option', `Unknown option ${unknown}; known: ${[...known].join(', ')}`);
  const { denoPath } = options;
  if (denoPath !== undefined && (typeof denoPath !== 'string' || denoPath === '')) {
    throw new RuntimeError('invalid_option', `denoPath must be the path of a Deno executable, got ${JSON.stringify(denoPath)}`);
  }
  return {
    memoryMb: wholeNumber('memoryMb', options.memoryMb ?? defaults.memoryMb, MEMORY_MB),
    startupTimeoutMs: wholeNumber('startupTimeoutMs', options.startupTimeoutMs ?? defaults.startupTimeoutMs, [1, 600_000]),
    keptBytes: wholeNumber('maxOutputBytes', options.maxOutputBytes ?? MIB, OUTPUT_BYTES),
    stopBytes: OUTPUT_BYTES[1],
    frameBytes: 4 * MIB,
    resultBytes: MIB,
    resultDepth: 64,
  };
}

/** CPU time that a sandbox can honestly use within its wall clock, on all processors, and some for its start. */
export function cpuSecondsFor(timeoutMs: number): number {
  return Math.ceil(timeoutMs / 1_000) * availableParallelism() + 30;
}

/** @throws {RuntimeError} `invalid_option`, naming the value and its range */
export function wholeNumber(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RuntimeError('invalid_option', `${name} must be a whole number from ${least} to ${most}, got ${String(value)}`);
}
