import type { LimiterStore, StoreDecision, StoreReservation } from '../src/store.ts';

interface Entry {
  request: StoreReservation;
  tokens: number;
  expiresAt: number;
  /** Undefined while the lease lives. */
  charged?: { rounds: number; tokens: number };
  forgotten: Set<string>;
}

/** The rules written down as slowly as possible: every figure is summed up from the whole history, each time. */
export class Oracle implements LimiterStore {
  readonly history: Entry[] = [];

  #sum(key: string, pick: (entry: Entry) => number): number {
    return this.history.filter((e) => e.request.scopes.some((s) => s.key === key) && !e.forgotten.has(key)).reduce((sum, e) => sum + pick(e), 0);
  }

  #figures(key: string) {
    const reserved = {
      rounds: this.#sum(key, (e) => (e.charged ? 0 : e.request.amounts.rounds)),
      tokens: this.#sum(key, (e) => (e.charged ? 0 : e.tokens)),
    };
    const spent = { rounds: this.#sum(key, (e) => e.charged?.rounds ?? 0), tokens: this.#sum(key, (e) => e.charged?.tokens ?? 0) };
    return { rounds: spent.rounds + reserved.rounds, tokens: spent.tokens + reserved.tokens, spent, reserved };
  }

  #reap(now: number): void {
    for (const e of this.history) if (!e.charged && e.expiresAt <= now) e.charged = { rounds: e.request.amounts.rounds, tokens: e.tokens };
  }

  reserve(request: StoreReservation, now: number): StoreDecision {
    this.#reap(now);
    const shape = ({ scopes, amounts, leastTokens }: StoreReservation) => JSON.stringify([scopes.map((s) => s.key).sort(), amounts, leastTokens]);
    const live = this.history.find((e) => !e.charged && request.id !== undefined && e.request.id === request.id);
    if (live) {
      if (shape(live.request) !== shape(request)) return { kind: 'conflict' };
      return { kind: 'granted', ref: live.request.ref, granted: { rounds: request.amounts.rounds, tokens: live.tokens } };
    }
    const rooms = (['rounds', 'tokens'] as const).flatMap((dimension) =>
      request.scopes.map(({ key, limits }) => {
        const limit = limits[dimension] ?? Number.MAX_SAFE_INTEGER;
        const figures = this.#figures(key);
        const least = dimension === 'tokens' ? request.leastTokens : request.amounts.rounds;
        return { dimension, scope: key, limit, reserved: figures.reserved[dimension], remaining: Math.max(0, limit - figures[dimension]), least };
      }),
    );
    const full = rooms.find(({ remaining, least }) => remaining < least);
    if (full) {
      const { least: _, ...denial } = full;
      return { kind: 'denied', denial: { ok: false, ...denial } };
    }
    const tokens = Math.min(request.amounts.tokens, ...rooms.filter((r) => r.dimension === 'tokens').map((r) => r.remaining));
    this.history.push({ request, tokens, expiresAt: now + (request.ttlMs ?? Infinity), forgotten: new Set() });
    return { kind: 'granted', ref: request.ref, granted: { rounds: request.amounts.rounds, tokens } };
  }

  #end(ref: string, now: number, charge: (entry: Entry) => { rounds: number; tokens: number }): void {
    this.#reap(now);
    const entry = this.history.find((e) => e.request.ref === ref && !e.charged);
    if (entry) entry.charged = charge(entry);
  }

  settle(ref: string, tokens: number | undefined, now: number): void {
    this.#end(ref, now, (e) => ({ rounds: e.request.amounts.rounds, tokens: tokens ?? e.tokens }));
  }

  release(ref: string, now: number): void {
    this.#end(ref, now, () => ({ rounds: 0, tokens: 0 }));
  }

  usage(key: string, now: number) {
    this.#reap(now);
    return this.#figures(key);
  }

  forget(key: string, now: number): void {
    this.#reap(now);
    for (const entry of this.history) entry.forgotten.add(key);
  }
}
