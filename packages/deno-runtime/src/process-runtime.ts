import { RuntimeError } from './errors.ts';
import { startJail, type Jail, type JailPlan } from './jail.ts';
import { checkRequest, type CheckedRequest } from './request.ts';
import { superviseRun, type RunLimits } from './supervise.ts';
import type { RunRequest, RunResult, Runtime } from './types.ts';

/** What a language adds to a locked process. */
export interface LanguageOptions {
  /** How to start a process for this bridge; may prepare assets first. A rejection makes the run `unavailable`. */
  plan: (request: PlanRequest) => Promise<JailPlan> | JailPlan;
  /** Bounds of every run, unless its request brings others. */
  limits: RunLimits;
}

/** What a plan must go by. */
export interface PlanRequest {
  bridgeUrl?: string;
  timeoutMs: number;
  /** MB for this run: the request's own limit, else the runtime's. */
  memoryMb: number;
}

/** A runtime over single-use processes: one fresh process per run, killed at its end, never used twice. */
export function createProcessRuntime({ plan, limits }: LanguageOptions): Runtime {
  const running = new Set<AbortController>();
  const ends = new Set<Promise<unknown>>();
  let closed = false;

  const start = (request: CheckedRequest, signal: AbortSignal): Promise<RunResult> => {
    const { bridge, timeoutMs, memoryMb = limits.memoryMb, maxOutputBytes = limits.keptBytes } = request;
    return superviseRun({
      request,
      limits: { ...limits, memoryMb, keptBytes: maxOutputBytes },
      signal,
      start: async (startSignal): Promise<Jail> => {
        const planned = plan({ ...(bridge && { bridgeUrl: bridge.url }), timeoutMs, memoryMb });
        return startJail(await unlessAborted(startSignal, planned));
      },
    });
  };

  return {
    async run(request: RunRequest): Promise<RunResult> {
      if (closed) throw new RuntimeError('runtime_closed', 'The runtime is closed');
      const checked = checkRequest(request);
      const aborter = new AbortController();
      const cancel = (): void => aborter.abort();
      request.signal?.addEventListener('abort', cancel, { once: true });
      if (request.signal?.aborted) cancel();
      running.add(aborter);
      const end = start(checked, aborter.signal);
      ends.add(end);
      try {
        return await end;
      } finally {
        running.delete(aborter);
        ends.delete(end);
        request.signal?.removeEventListener('abort', cancel);
      }
    },

    async close(): Promise<void> {
      closed = true;
      for (const aborter of running) aborter.abort();
      await Promise.allSettled(ends);
    },
  };
}

/** Waits for `work`, but no longer than the signal allows; what `work` does after that is its own affair. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T> | T): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
