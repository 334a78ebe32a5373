/**
 * An exact ledger of rounds and tokens: reserve before the work, settle or release after it.
 * Start at {@link createRateLimiter}.
 */
export { createRateLimiter } from './create-rate-limiter.ts';
export type { RateLimiterOptions } from './create-rate-limiter.ts';
export type { Amounts, Dimension } from './dimensions.ts';
export { RateLimiterError } from './errors.ts';
export type { RateLimiterErrorCode } from './errors.ts';
export { memoryStore } from './memory-store.ts';
export type { LimiterStore, StoreDecision, StoreReservation } from './store.ts';
export type { Denied, Granted, Lease, RateLimiter, ReserveRequest, Scope, Usage } from './types.ts';
