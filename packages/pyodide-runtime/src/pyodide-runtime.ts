import {
  checkRuntimeOptions,
  createProcessRuntime,
  RuntimeError,
  type RunRequest,
  type RunResult,
  type Runtime,
  type RuntimeOptions,
} from '@code-executor/deno-runtime';
import { findAssetSources } from './asset-sources.ts';
import { createAssetStore } from './asset-store.ts';
import { checkCacheDir } from './cache-directory.ts';
import { chooseDeno } from './choose-deno.ts';
import { LEAST_MEMORY_MB, pythonJailPlan } from './jail-plan.ts';

/** Settings of a Python runtime; `memoryMb` is 256 to 65536. */
export interface PyodideRuntimeOptions extends RuntimeOptions {
  /**
   * Directory for Pyodide's files and its memory snapshot, about 30 MB, private to this user.
   * @default {"~/.cache/code-executor"}; where that cannot be written, a private one under the temporary directory
   */
  cacheDir?: string;
  /** Gets a line for a person before work that takes seconds. @default nothing */
  notify?: (line: string) => void;
}

/** A sandbox for Python whose files can be prepared ahead of the first run. */
export interface PyodideRuntime extends Runtime {
  /**
   * Verifies the files and, the first time, makes the memory snapshot, which takes seconds.
   *
   * @throws {PyodideRuntimeError} `cache_unusable` | `snapshot_failed`
   */
  prepare(): Promise<void>;
}

const OPTIONS = ['memoryMb', 'maxOutputBytes', 'startupTimeoutMs', 'denoPath', 'cacheDir', 'notify'];

/**
 * Runs untrusted Python, each program in Pyodide in a fresh locked Deno process that is killed afterwards.
 *
 * @param options limits and the cache directory
 * @throws {RuntimeError} `invalid_option` | `deno_not_found` | `deno_too_old`
 * @throws {PyodideRuntimeError} `pyodide_not_found`
 * @example
 * ```ts
 * const runtime = createPyodideRuntime();
 * const { output } = await runtime.run({ code: 'print(sum(range(10)))' });
 * await runtime.close();
 * ```
 */
export function createPyodideRuntime(options: PyodideRuntimeOptions = {}): PyodideRuntime {
  const { cacheDir, notify, ...rest } = options;
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined) {
    throw new RuntimeError('invalid_option', `Unknown option ${unknown}; known: ${OPTIONS.join(', ')}`);
  }
  const limits = checkRuntimeOptions(rest, { memoryMb: 1_024, startupTimeoutMs: 60_000 });
  const deno = chooseDeno(options.denoPath);
  checkMemory(limits.memoryMb);
  const store = createAssetStore({
    deno,
    sources: findAssetSources(),
    ...(cacheDir !== undefined && { cacheDir: checkCacheDir(cacheDir) }),
    ...(notify && { notify }),
  });
  const processes = createProcessRuntime({
    limits,
    plan: async ({ bridgeUrl, timeoutMs, memoryMb }) => {
      const { directory } = await store.get();
      return pythonJailPlan({
        denoPath: deno.path,
        directory,
        root: 'python-main.js',
        memoryMb,
        timeoutMs,
        ...(bridgeUrl !== undefined && { bridgeUrl }),
      });
    },
  });

  return {
    async run(request: RunRequest): Promise<RunResult> {
      checkMemory(request?.memoryMb);
      const result = await processes.run(request);
      const reason = store.slowBecause();
      if (reason === undefined) return result;
      const warning = { code: 'slow_start', message: `Python starts slowly, without its snapshot. ${reason}` };
      return { ...result, warnings: [...(result.warnings ?? []), warning] };
    },
    prepare: () => store.prepare(),
    async close(): Promise<void> {
      await Promise.all([processes.close(), store.close()]);
    },
  };
}

function checkMemory(memoryMb: unknown): void {
  if (typeof memoryMb === 'number' && memoryMb < LEAST_MEMORY_MB) {
    throw new RuntimeError('invalid_option', `memoryMb must be at least ${LEAST_MEMORY_MB} for Python, got ${memoryMb}`);
  }
}
