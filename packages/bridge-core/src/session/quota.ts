import { type Clock, within } from '../clock.ts';
import { BridgeError, type QuotaRemaining } from '../errors.ts';
import type { LeasePort, LimiterPort, ReserveRequest } from '../ports.ts';
import type { Budget } from '../types.ts';
import type { CallScope } from './scope.ts';

/** Milliseconds that a lease outlives its call's deadline before the limiter may charge it by itself. */
const LEASE_MARGIN_MS = 30_000;
/** Milliseconds that ending a lease may take. */
const END_TIMEOUT_MS = 5_000;

/** A session's limits. */
export interface Limits {
  rounds: number;
  tokens: number;
}

/** A reservation of one dimension, with the amount that was granted. */
export interface Held {
  granted: number;
  lease: LeasePort;
}

/** A refusal with the room that it left. */
export interface Refused {
  remaining: number;
}

/** One session's account with the limiter, and the newest known state of it. */
export class SessionQuota {
  readonly limits: Limits;
  readonly #limiter: LimiterPort;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #used: Limits = { rounds: 0, tokens: 0 };
  #asked = 0;
  #known = 0;

  constructor(limiter: LimiterPort, key: string, limits: Limits, clock: Clock, log: (line: string) => void) {
    this.limits = limits;
    this.#limiter = limiter;
    this.#key = key;
    this.#clock = clock;
    this.#log = log;
  }

  /** What remains by the newest known state. */
  budget(): Budget {
    return {
      sequence: this.#known,
      rounds: Math.max(0, this.limits.rounds - this.#used.rounds),
      tokens: Math.max(0, this.limits.tokens - this.#used.tokens),
    };
  }

  /** Reads the account. */
  async look(scope: CallScope): Promise<Limits> {
    const sequence = ++this.#asked;
    const used = await this.#guard(scope.race(this.#limiter.usage(this.#key)), scope);
    this.#learn(sequence, used);
    return used;
  }

  /** Reserves one round; rounds never wait. */
  reserveRound(scope: CallScope): Promise<Held | Refused> {
    return this.#reserve(scope, { rounds: 1, tokens: 0 }, { rounds: this.limits.rounds }, 1);
  }

  /** Reserves tokens; with `atLeast` fewer may be granted. */
  reserveTokens(scope: CallScope, tokens: number, atLeast?: number): Promise<Held | Refused> {
    return this.#reserve(scope, { rounds: 0, tokens }, { tokens: this.limits.tokens }, tokens, atLeast);
  }

  /** Ends a lease. A limiter that fails here keeps the reservation, which only errs to the safe side. */
  async end(lease: LeasePort, tokens: number | 'release'): Promise<void> {
    const late = (): Error => new Error(`no reply within ${END_TIMEOUT_MS} ms`);
    try {
      const work = tokens === 'release' ? lease.release() : lease.settle({ tokens });
      await within(this.#clock, END_TIMEOUT_MS, work, late);
    } catch (error) {
      this.#log(`limiter: a reservation could not be ended: ${String(error)}`);
    }
  }

  /** Reads the account after a change; a failure leaves the last known state. */
  async refresh(): Promise<void> {
    const sequence = ++this.#asked;
    const late = (): Error => new Error(`no reply within ${END_TIMEOUT_MS} ms`);
    try {
      this.#learn(sequence, await within(this.#clock, END_TIMEOUT_MS, this.#limiter.usage(this.#key), late));
    } catch (error) {
      this.#log(`limiter: usage could not be read: ${String(error)}`);
    }
  }

  /** The refusal for exhausted rounds. */
  roundsExhausted(remaining: number): BridgeError {
    const used = this.limits.rounds - remaining;
    return new BridgeError('rate_limited', `Rate limit exceeded: ${used}/${this.limits.rounds} rounds used`, { quotaRemaining: this.#quota() });
  }

  /** The refusal for exhausted tokens; `used` includes reservations. */
  tokensExhausted(remaining: number): BridgeError {
    const used = Math.max(this.limits.tokens - remaining, this.#used.tokens);
    return new BridgeError('token_budget', `Token budget exceeded: ${used}/${this.limits.tokens} tokens used`, { quotaRemaining: this.#quota() });
  }

  async #reserve(scope: CallScope, amounts: Limits, limits: Partial<Limits>, asked: number, atLeast?: number): Promise<Held | Refused> {
    const request: ReserveRequest = { scopes: [{ key: this.#key, limits }], amounts, ttlMs: Math.ceil(scope.remainingMs()) + LEASE_MARGIN_MS };
    if (atLeast !== undefined) request.atLeast = { tokens: atLeast };
    const pending = this.#call(request);
    const reply = await this.#guard(scope.race(pending), scope, () => {
      // Granted after all, but nobody waits for it any more.
      void pending.then((late) => (late.ok ? this.end(late.lease, 'release') : undefined)).catch(() => undefined);
    });
    await this.refresh();
    if (!reply.ok) return { remaining: Math.max(0, reply.remaining) };
    const granted = amounts.tokens > 0 ? (reply.lease.granted?.tokens ?? asked) : asked;
    return { granted: Math.min(granted, asked), lease: reply.lease };
  }

  async #call(request: ReserveRequest): ReturnType<LimiterPort['reserve']> {
    return this.#limiter.reserve(request);
  }

  /** A limiter that fails refuses the call. */
  async #guard<T>(work: Promise<T>, scope: CallScope, onStop?: () => void): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (scope.signal.aborted) {
        onStop?.();
        throw scope.error();
      }
      throw new BridgeError('limiter_unavailable', 'The limits could not be checked, so the call was refused', { cause: error });
    }
  }

  #learn(sequence: number, used: Limits): void {
    if (sequence <= this.#known) return;
    this.#known = sequence;
    this.#used = { rounds: used.rounds, tokens: used.tokens };
  }

  #quota(): QuotaRemaining {
    const { rounds, tokens } = this.budget();
    return { rounds, tokens };
  }
}
