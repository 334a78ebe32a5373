/** What bounds a piece of work, and the errors that its end is told with. */
export interface Deadline {
  /** Caller's signals; the first to abort wins. */
  signals: readonly (AbortSignal | undefined)[];
  /** Milliseconds; undefined: no limit. */
  timeoutMs?: number;
  onTimeout?: () => Error;
  /** @param signal The one that aborted. */
  onAbort: (signal: AbortSignal) => Error;
}

/**
 * Runs `work` until it ends, a signal aborts or the time is over; then rejects at once, whether or not `work` listens.
 * The signal that `work` gets is its own, so what it does after its end is never told to stop.
 */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline): Promise<T> {
  const controller = new AbortController();
  const undo: (() => void)[] = [];
  const stopped = new Promise<never>((_, reject) => {
    const stop = (error: Error): void => {
      reject(error);
      controller.abort(error);
    };
    for (const signal of deadline.signals) {
      if (!signal) continue;
      const listener = (): void => stop(deadline.onAbort(signal));
      if (signal.aborted) listener();
      signal.addEventListener('abort', listener, { once: true });
      undo.push(() => signal.removeEventListener('abort', listener));
    }
    const { timeoutMs, onTimeout } = deadline;
    if (timeoutMs !== undefined && onTimeout) {
      const timer = setTimeout(() => stop(onTimeout()), timeoutMs);
      undo.push(() => clearTimeout(timer));
    }
  });
  try {
    if (controller.signal.aborted) return await stopped;
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    for (const step of undo) step();
  }
}
