import type { Amounts } from './dimensions.ts';
import type { Denied, Scope, Usage } from './types.ts';

/** A checked request as the store gets it: every amount present, nothing shared with the caller's objects. */
export interface StoreReservation {
  /** Names the lease that this request would create; never used before. */
  ref: string;
  /** The caller's id. Absent: the request is not repeatable. */
  id: string | undefined;
  scopes: readonly Scope[];
  amounts: Amounts;
  /** The least tokens to accept; equal to `amounts.tokens` where the request is all or nothing. */
  leastTokens: number;
  /** Life of the lease in ms. */
  ttlMs: number | undefined;
}

/** What the store decided. `ref` names the lease: an older one where a live lease has the same id. */
export type StoreDecision = { kind: 'granted'; ref: string; granted: Amounts } | { kind: 'denied'; denial: Denied } | { kind: 'conflict' };

/**
 * Where the counters live. Every method is one atomic step against every other, from whatever process it comes;
 * the limiter adds no locking of its own. Methods may answer at once or with a promise; what they throw reaches
 * the caller as `store_failed`.
 *
 * `now` is the limiter's clock in ms. A store with a clock of its own, shared by all its users, uses that instead.
 * Every method first charges the leases whose time is over.
 */
export interface LimiterStore {
  /** Decides by the rules of `ReserveRequest` and records the lease. A denial leaves no trace. */
  reserve(request: StoreReservation, now: number): StoreDecision | Promise<StoreDecision>;
  /** Ends a lease as spent, with `tokens` or what was granted. A lease that has ended stays as it is. */
  settle(ref: string, tokens: number | undefined, now: number): void | Promise<void>;
  /** Ends a lease and gives everything back. A lease that has ended stays as it is. */
  release(ref: string, now: number): void | Promise<void>;
  /** Counters of a key; zeros for an unknown one, and none is created. */
  usage(key: string, now: number): Usage | Promise<Usage>;
  /** Drops the key's counters; live leases no longer count there. */
  forget(key: string, now: number): void | Promise<void>;
}
