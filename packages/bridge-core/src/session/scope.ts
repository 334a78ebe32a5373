import type { Clock } from '../clock.ts';
import { BridgeError } from '../errors.ts';

/** Why a call was stopped. */
export type StopReason = 'timeout' | 'client_gone' | 'session_closed';

/** One call's life: its deadline, its client and its session, joined in one signal. */
export class CallScope {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #timeoutMs: number | undefined;
  readonly #startedAt: number;
  readonly #undo: (() => void)[] = [];
  #reason: StopReason | undefined;

  /** `timeoutMs` undefined: no deadline of its own. */
  constructor(clock: Clock, timeoutMs: number | undefined, startedAt: number = clock.now()) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#startedAt = startedAt;
    if (timeoutMs !== undefined) this.#undo.push(clock.after(timeoutMs, () => this.stop('timeout')));
  }

  /** Fires once, for whichever reason comes first. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The clock's time at which the call arrived. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** Whole milliseconds since the call arrived. */
  elapsedMs(): number {
    return Math.max(0, Math.round(this.#clock.now() - this.#startedAt));
  }

  /** Milliseconds left of the deadline, at least 0. */
  remainingMs(): number {
    return this.#timeoutMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#timeoutMs - this.elapsedMs());
  }

  /** Stops the call when `signal` fires. */
  follow(signal: AbortSignal, reason: StopReason): void {
    if (signal.aborted) return this.stop(reason);
    const onAbort = (): void => this.stop(reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#undo.push(() => signal.removeEventListener('abort', onAbort));
  }

  /** Stops the call; later reasons are ignored. */
  stop(reason: StopReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller.abort(this.error());
  }

  /** The error of a stopped call. */
  error(): BridgeError {
    if (this.#reason === 'client_gone') return new BridgeError('cancelled', 'The client closed the connection');
    if (this.#reason === 'session_closed') return new BridgeError('session_closed', 'The session was closed');
    return new BridgeError('timeout', `Sampling timed out after ${this.#timeoutMs} ms`);
  }

  /** @throws {BridgeError} of {@link error} where the call was stopped */
  check(): void {
    if (this.#reason !== undefined) throw this.error();
  }

  /** Resolves or rejects as `work`, or rejects as soon as the call is stopped. The work goes on unobserved. */
  async race<T>(work: Promise<T>): Promise<T> {
    if (this.signal.aborted) {
      work.catch(() => undefined);
      throw this.error();
    }
    let onAbort: (() => void) | undefined;
    const stopped = new Promise<never>((_, reject) => {
      onAbort = () => reject(this.error());
      this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, stopped]);
    } finally {
      if (onAbort) this.signal.removeEventListener('abort', onAbort);
    }
  }

  /** Takes back timer and listeners. */
  dispose(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
