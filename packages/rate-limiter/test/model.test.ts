import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryStore } from '../src/memory-store.ts';
import type { LimiterStore, StoreReservation } from '../src/store.ts';
import { Oracle } from './oracle.ts';

/** The long run takes every count 50 times. */
const LONG = process.env['CODE_EXECUTOR_LONG_TESTS'] ? 50 : 1;

interface Real {
  store: LimiterStore;
  now: number;
}
type Step = fc.Command<Oracle, Real>;

const KEYS = ['execution', 'tenant', 'global'];
const command = (name: string, run: (oracle: Oracle, real: Real) => void): Step => ({ check: () => true, run, toString: () => name });

/** Both get the same call; both must answer the same, and every counter must agree afterwards. */
function same(oracle: Oracle, real: Real, call: (store: LimiterStore) => unknown): void {
  expect(call(real.store)).toEqual(call(oracle));
  for (const key of KEYS) expect(real.store.usage(key, real.now)).toEqual(oracle.usage(key, real.now));
}

const limit = fc.option(fc.nat({ max: 60 }), { nil: undefined });
const scopes = fc
  .uniqueArray(fc.record({ key: fc.constantFrom(...KEYS), rounds: limit, tokens: limit }), { minLength: 1, maxLength: 3, selector: (s) => s.key })
  .map((list) =>
    list.map(({ key, rounds, tokens }) => ({ key, limits: { ...(rounds === undefined ? {} : { rounds }), ...(tokens === undefined ? {} : { tokens }) } })),
  );

const reserve = fc
  .record({
    id: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    scopes,
    rounds: fc.nat({ max: 3 }),
    tokens: fc.nat({ max: 30 }),
    least: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
    ttlMs: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  })
  .map(({ rounds, tokens, least, ...rest }) =>
    command(`reserve ${JSON.stringify({ rounds, tokens, least, ...rest })}`, (oracle, real) => {
      const amounts = { rounds, tokens };
      const request: StoreReservation = { ...rest, ref: `ref-${oracle.history.length}`, amounts, leastTokens: Math.min(tokens, least ?? tokens) };
      same(oracle, real, (store) => store.reserve(request, real.now));
    }),
  );

const pick = (name: string, call: (store: LimiterStore, ref: string, now: number) => unknown) => (which: number) =>
  command(`${name} lease ${which}`, (oracle, real) => {
    const entry = oracle.history[which % Math.max(1, oracle.history.length)];
    if (entry !== undefined) same(oracle, real, (store) => call(store, entry.request.ref, real.now));
  });

const settle = fc
  .tuple(fc.nat({ max: 50 }), fc.option(fc.nat({ max: 60 }), { nil: undefined }))
  .map(([which, tokens]) => pick(`settle ${tokens}`, (store, ref, now) => store.settle(ref, tokens, now))(which));
const release = fc.nat({ max: 50 }).map(pick('release', (store, ref, now) => store.release(ref, now)));
const pass = fc.integer({ min: 1, max: 15 }).map((ms) =>
  command(`${ms} ms pass`, (oracle, real) => {
    real.now += ms;
    same(oracle, real, () => undefined);
  }),
);
const forget = fc.constantFrom(...KEYS).map((key) => command(`forget ${key}`, (oracle, real) => same(oracle, real, (store) => store.forget(key, real.now))));

it('the memory store answers every history of calls as the rules do, figure by figure', () => {
  const steps = [reserve, reserve, reserve, settle, settle, release, pass, forget];
  const histories = fc.property(fc.commands(steps, { maxCommands: 80, size: 'max' }), (commands) => {
    fc.modelRun(() => ({ model: new Oracle(), real: { store: memoryStore(), now: 0 } }), commands);
  });
  expect(() => fc.assert(histories, { seed: 20_263, numRuns: 400 * LONG })).not.toThrow();
});
