/** Time as an argument, so that tests decide it. */
export interface Clock {
  /** Milliseconds since 1970, never going back within one process. */
  now(): number;
  /** Calls `fn` once after `ms`; returns a function that takes the timer back. */
  after(ms: number, fn: () => void): () => void;
}

/** The machine's own clock; its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves or rejects as `work` does, or rejects with `onTimeout()` after `ms`. The work itself is not stopped. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>, onTimeout: () => Error): Promise<T> {
  let stop: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    stop = clock.after(ms, () => reject(onTimeout()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop?.();
  }
}
