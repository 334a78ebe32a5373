import { join } from 'node:path';
import { cpuSecondsFor, ENGINE_DATA_MB, type JailPlan } from '@code-executor/deno-runtime';

/** Further flags of the engine; part of what a snapshot is tied to. */
export const V8_FLAGS: readonly string[] = [];

/**
 * The least memory limit of a Python sandbox in MB. Measured on Linux x86-64: ready and idle it holds 200 MB resident
 * and 736 MB of private writable mappings, of which the engine's allowance covers 600.
 */
export const LEAST_MEMORY_MB = 256;

/** How to start a locked process on an assets directory, which it may read until it has loaded. */
export function pythonJailPlan(options: {
  denoPath: string;
  directory: string;
  root: 'python-main.js' | 'python-snapshot.js';
  memoryMb: number;
  timeoutMs: number;
  bridgeUrl?: string;
}): JailPlan {
  const { denoPath, directory, root, memoryMb, timeoutMs, bridgeUrl } = options;
  return {
    denoPath,
    harness: join(directory, root),
    grants: {
      readablePaths: [directory],
      heapMb: memoryMb,
      v8Flags: V8_FLAGS,
      ...(bridgeUrl !== undefined && { bridgeUrl }),
    },
    // The resident part of what Pyodide maps counts towards memoryMb, so the kernel's limit lies close above it.
    limits: { dataMb: memoryMb + ENGINE_DATA_MB, cpuSeconds: cpuSecondsFor(timeoutMs) },
  };
}
