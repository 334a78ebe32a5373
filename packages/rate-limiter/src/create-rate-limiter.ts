import { randomUUID } from 'node:crypto';
import { invalid, RateLimiterError } from './errors.ts';
import { memoryStore } from './memory-store.ts';
import type { LimiterStore } from './store.ts';
import type { Lease, RateLimiter } from './types.ts';
import { checkActual, checkName, checkRequest } from './validate.ts';

/** What a limiter is made of. */
export interface RateLimiterOptions {
  /** Where the counters live. Default: a fresh {@link memoryStore}. Limiters that share a store share its counters. */
  store?: LimiterStore;
  /**
   * Milliseconds from any fixed point; only measures the life of leases.
   * Default: the monotonic `performance.now`, which a change of the system time does not move.
   */
  clock?: () => number;
}

/**
 * Makes a limiter: an exact ledger of rounds and tokens over any number of scopes.
 *
 * For every key and dimension, whatever the order and number of parallel callers:
 * spent + reserved ≤ limit + Σ max(0, actual − granted), where the sum is over the work settled for more than it held.
 * A reservation that is an upper bound of its cost therefore never overspends.
 *
 * @example
 * ```ts
 * const limiter = createRateLimiter();
 * const scopes = [{ key: 'execution-1', limits: { rounds: 10, tokens: 10_000 } }];
 * const answer = await limiter.reserve({ scopes, amounts: { rounds: 1, tokens: 1_200 } });
 * if (answer.ok) await answer.lease.settle({ tokens: 75 });
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { store = memoryStore(), clock = () => performance.now() } = options;
  if (typeof clock !== 'function') throw invalid('clock', clock, 'a function that returns milliseconds');
  // Refs of several limiters on one store must differ; a counter alone would repeat.
  const prefix = `${randomUUID()}:`;
  let serial = 0;

  function leaseFor(ref: string, id: string, granted: { rounds: number; tokens: number }): Lease {
    return {
      id,
      granted: { rounds: granted.rounds, tokens: granted.tokens },
      async settle(actual) {
        const tokens = checkActual(actual);
        await ask(() => store.settle(ref, tokens, clock()));
      },
      async release() {
        await ask(() => store.release(ref, clock()));
      },
    };
  }

  return {
    async reserve(request) {
      serial += 1;
      const checked = checkRequest(request, `${prefix}${serial}`);
      const decision = await ask(() => store.reserve(checked, clock()));
      if (decision.kind === 'granted') return { ok: true, lease: leaseFor(decision.ref, checked.id ?? decision.ref, decision.granted) };
      if (decision.kind === 'denied') return decision.denial;
      throw new RateLimiterError('id_conflict', `id ${JSON.stringify(checked.id)} belongs to a live lease with other scopes or amounts; use a new id`, { field: 'id' });
    },
    async usage(key) {
      const name = checkName(key, 'key');
      return await ask(() => store.usage(name, clock()));
    },
    async forget(key) {
      const name = checkName(key, 'key');
      await ask(() => store.forget(name, clock()));
    },
  };
}

/** Calls the store. An answer that is there at once is not made to wait for another turn. */
function ask<Answer>(operation: () => Answer | Promise<Answer>): Answer | Promise<Answer> {
  try {
    const answer = operation();
    return isThenable(answer) ? Promise.resolve(answer).catch(failed) : answer;
  } catch (cause) {
    return failed(cause);
  }
}

/** Clients of stores bring promises of their own make. */
function isThenable<Answer>(answer: Answer | Promise<Answer>): answer is Promise<Answer> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

function failed(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : 'no reason given';
  throw new RateLimiterError('store_failed', `the store of the rate limiter failed: ${reason}`, { cause });
}
