import type { Amounts, Dimension } from './dimensions.ts';

/** One counter that a reservation must fit: an execution, a tenant, the whole installation. */
export interface Scope {
  /** Name of the counter, 1 to 512 characters. Counters belong to the key and outlive the request. */
  key: string;
  /** Limits belong to this request. A dimension without one is counted and not limited. Whole numbers from 0. */
  limits: Partial<Amounts>;
}

/** What `reserve` is asked. */
export interface ReserveRequest {
  /**
   * Makes the request repeatable: while a lease with this id lives, the same request returns that lease and
   * charges nothing again. 1 to 512 characters, unique in the store. Default: a fresh id.
   */
  id?: string;
  /** 1 to 64 scopes with different keys; the reservation holds in all of them or in none. */
  scopes: readonly Scope[];
  /** What the work may cost at most. A missing dimension is 0. Whole numbers from 0. */
  amounts: Partial<Amounts>;
  /**
   * Accept fewer tokens than asked: the largest amount that fits every scope is granted, but never less than
   * `atLeast.tokens` (whole number, at most `amounts.tokens`). Default: all or nothing.
   */
  atLeast?: { tokens: number };
  /**
   * Life of the lease in ms, from 1. A lease that has not ended by then is charged as reserved, rounds and tokens,
   * because its holder may have spent them. Default: the lease lives until it is ended.
   */
  ttlMs?: number;
}

/** What was granted, and its one end. The first end counts; every later one changes nothing. */
export interface Lease {
  /** The id given in the request, or the fresh one. */
  readonly id: string;
  /** What is held. `tokens` is less than asked only under `atLeast`. */
  readonly granted: Readonly<Amounts>;
  /**
   * The work was handed over: the rounds stay spent and the tokens become `actual.tokens`.
   *
   * @param actual `tokens`: what was really used, may exceed what was granted and is counted in full.
   *   Default: the granted tokens. `{ tokens: 0 }` keeps the round and gives the tokens back.
   * @throws RateLimiterError `invalid_request` where `actual` is not a whole number from 0, `store_failed`
   *   where the store did not answer; call again, the lease ends once.
   */
  settle(actual?: { tokens?: number }): Promise<void>;
  /** The work was never handed over: everything goes back. Throws `store_failed` like `settle`. */
  release(): Promise<void>;
}

/** The reservation holds. */
export interface Granted {
  ok: true;
  lease: Lease;
}

/** The reservation does not fit. Nothing was changed. */
export interface Denied {
  ok: false;
  /** Key of the first scope, in the order of the request, that has no room. */
  scope: string;
  /** The dimension that has no room; rounds before tokens. */
  dimension: Dimension;
  /** What that scope has left: limit − spent − reserved, at least 0. */
  remaining: number;
  /** The limit that was hit. */
  limit: number;
  /** What live leases hold of that scope and dimension. Above 0, waiting for them to end may help. */
  reserved: number;
  /** Never set for budgets, which do not refill with time. */
  retryAfterMs?: number;
}

/** What a key has used. */
export interface Usage extends Amounts {
  /** Ended work. */
  spent: Amounts;
  /** Held by live leases. `rounds` and `tokens` are spent + reserved. */
  reserved: Amounts;
}

/** An exact ledger: reserve before the work, settle or release after it. Safe for any number of parallel callers. */
export interface RateLimiter {
  /**
   * Holds the amounts in every scope, or in none.
   *
   * @throws RateLimiterError `invalid_request`, `id_conflict` or `store_failed`; nothing is held then.
   */
  reserve(request: ReserveRequest): Promise<Granted | Denied>;
  /** What a key has used, 0 for a key never seen. */
  usage(key: string): Promise<Usage>;
  /**
   * Drops a key's counters, for a key that will not come back, such as a finished execution's. Leases that still
   * hold it go on counting in their other scopes and no longer in this one.
   */
  forget(key: string): Promise<void>;
}
