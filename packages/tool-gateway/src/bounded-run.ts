import { createContext, Script } from 'node:vm';

/** Runs synchronous work, but not longer than a time; tells whether it ended. */
export type BoundedRun = <T>(work: () => T, timeoutMs: number) => { ended: true; value: T } | { ended: false };

/**
 * A runner that can stop even a regular expression that backtracks without end. The engine's watchdog ends whatever
 * runs on this thread, so `work` must be pure computation.
 */
export function createBoundedRun(): BoundedRun {
  const context = createContext({ work: undefined });
  const script = new Script('work()');
  return (work, timeoutMs) => {
    try {
      context['work'] = work;
      return { ended: true, value: script.runInContext(context, { timeout: timeoutMs }) };
    } catch (error) {
      // The error belongs to the realm of the context: `instanceof` does not know it.
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return { ended: false };
      throw error;
    } finally {
      context['work'] = undefined;
    }
  };
}
