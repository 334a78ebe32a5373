import type { Clock } from '../clock.ts';
import { field, provesNoWork } from '../cost.ts';
import type { ProviderCallOptions } from '../ports.ts';

/** First pause where the provider names none, milliseconds; doubled each time, with up to a quarter taken off at random. */
const FIRST_PAUSE_MS = 500;

/** How to retry. */
export interface RetryOptions extends ProviderCallOptions {
  /** Tries after the first. */
  maxRetries: number;
  clock: Clock;
  /** 0 ≤ n < 1. */
  random: () => number;
}

/**
 * Tries again where the failure proves that nothing was done (429, 529, refused connection), never otherwise.
 * A pause that would outlast the call's deadline is not begun: the failure itself says more than a time-out.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, clock, maxRetries } = options;
  const deadline = options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + options.timeoutMs;
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= maxRetries || signal.aborted || !isRetryable(error)) throw error;
      const pause = pauseBefore(tried, error, options.random);
      if (clock.now() + pause >= deadline) throw error;
      await sleep(pause, signal, clock);
      if (signal.aborted) throw error;
    }
  }
}

function isRetryable(error: unknown): boolean {
  const status = field(error, 'status');
  if (typeof status === 'number') return status === 429 || status === 529;
  return field(error, 'usage') === undefined && provesNoWork(error);
}

function pauseBefore(tried: number, error: unknown, random: () => number): number {
  const asked = field(error, 'retryAfterMs');
  if (typeof asked === 'number' && asked >= 0) return asked;
  return FIRST_PAUSE_MS * 2 ** tried * (1 - random() / 4);
}

/** Resolves after `ms`, or as soon as the signal fires. */
function sleep(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
    function done(): void {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Milliseconds of a `retry-after-ms` or `retry-after` header (seconds or a date), or undefined. */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const value = headers?.get('retry-after');
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : undefined;
  const date = Date.parse(value);
  return Number.isFinite(date) ? Math.max(0, date - now) : undefined;
}
