import { findDeno } from './deno-binary.ts';
import { harnessFile } from './harness-files.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { ENGINE_DATA_MB } from './process-limits.ts';
import { checkRuntimeOptions, cpuSecondsFor, type RuntimeOptions } from './runtime-options.ts';
import type { Runtime } from './types.ts';

/**
 * Runs untrusted TypeScript, each program in a fresh locked Deno process that is killed afterwards.
 *
 * @param options limits and, rarely, another Deno executable
 * @throws {RuntimeError} `invalid_option` | `deno_not_found` | `deno_too_old`
 * @example
 * ```ts
 * const runtime = createDenoRuntime();
 * const { output } = await runtime.run({ code: 'console.log(1 + 1)' });
 * await runtime.close();
 * ```
 */
export function createDenoRuntime(options: RuntimeOptions = {}): Runtime {
  const limits = checkRuntimeOptions(options, { memoryMb: 512, startupTimeoutMs: 15_000 });
  const denoPath = options.denoPath ?? findDeno().path;
  const harness = harnessFile('main.js');
  return createProcessRuntime({
    limits,
    plan: ({ bridgeUrl, timeoutMs, memoryMb }) => ({
      denoPath,
      harness,
      grants: { heapMb: memoryMb, ...(bridgeUrl !== undefined && { bridgeUrl }) },
      limits: { dataMb: memoryMb + ENGINE_DATA_MB, cpuSeconds: cpuSecondsFor(timeoutMs) },
    }),
  });
}
