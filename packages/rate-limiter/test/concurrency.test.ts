import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateLimiter } from '../src/create-rate-limiter.ts';
import { memoryStore } from '../src/memory-store.ts';
import type { LimiterStore } from '../src/store.ts';

/** The long run takes every count 50 times. */
const LONG = process.env['CODE_EXECUTOR_LONG_TESTS'] ? 50 : 1;

/** A store as far away as one over a network: each call is decided, and each answer arrives, when the scheduler says so. */
function remoteStore(scheduler: fc.Scheduler, afterStep: (store: LimiterStore) => void): LimiterStore {
  const store = memoryStore();
  const far =
    <Args extends unknown[], Answer>(name: string, operation: (...args: Args) => Answer | Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await scheduler.schedule(Promise.resolve(), `${name} travels`);
      const answer = await operation(...args);
      afterStep(store);
      await scheduler.schedule(Promise.resolve(), `${name} returns`);
      return answer;
    };
  return {
    reserve: far('reserve', store.reserve),
    settle: far('settle', store.settle),
    release: far('release', store.release),
    usage: far('usage', store.usage),
    forget: far('forget', store.forget),
  };
}

const LIMITS = { execution: { rounds: 6, tokens: 100 }, tenant: { rounds: 9, tokens: 140 } };
const call = fc.record({
  tokens: fc.nat({ max: 60 }),
  least: fc.option(fc.constant(5), { nil: undefined }),
  keys: fc.constantFrom<('execution' | 'tenant')[]>(['execution'], ['tenant'], ['execution', 'tenant'], ['tenant', 'execution']),
  end: fc.constantFrom('settle', 'settle more', 'release', 'both', 'never'),
  id: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
});

it('no order of arrival overspends, and when all is quiet the counters are what was settled and what is held', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(call, { minLength: 2, maxLength: 20 }), async (scheduler, calls) => {
      let excess = 0;
      const store = remoteStore(scheduler, (inner) => {
        for (const [key, limits] of Object.entries(LIMITS)) {
          const { rounds, tokens } = inner.usage(key, 0) as { rounds: number; tokens: number };
          expect(rounds).toBeLessThanOrEqual(limits.rounds);
          expect(tokens).toBeLessThanOrEqual(limits.tokens + excess);
        }
      });
      const limiter = createRateLimiter({ store, clock: () => 0 });
      const held = new Map<string, { tokens: number; keys: string[]; ended: 'no' | 'settled' | 'maybe' }>();
      const callers = calls.map(async ({ tokens, least, keys, end, id }, index) => {
        const scopes = keys.map((key) => ({ key, limits: LIMITS[key] }));
        const floor = least === undefined ? {} : { atLeast: { tokens: Math.min(least, tokens) } };
        // An id is shared only by equal requests.
        const shared = id === undefined ? `call-${index}` : `${id}-${tokens}-${least}-${[...keys].sort().join()}`;
        const answer = await limiter.reserve({ id: shared, scopes, amounts: { rounds: 1, tokens }, ...floor });
        if (!answer.ok) return;
        const { lease } = answer;
        const over = end === 'settle more' ? 7 : 0;
        if (id === undefined) held.set(shared, { tokens: lease.granted.tokens + over, keys, ended: end === 'never' ? 'no' : end === 'both' ? 'maybe' : 'settled' });
        excess += over;
        if (end === 'settle' || end === 'settle more') await lease.settle({ tokens: lease.granted.tokens + over });
        if (end === 'both') await Promise.all([lease.release(), lease.settle({ tokens: lease.granted.tokens })]);
        if (end === 'release') {
          held.delete(shared);
          await lease.release();
        }
      });
      await scheduler.waitFor(Promise.all(callers));
      if (calls.some(({ id, end }) => id !== undefined || end === 'both')) return;
      for (const key of Object.keys(LIMITS)) {
        const usage = await scheduler.waitFor(limiter.usage(key));
        const mine = [...held.values()].filter(({ keys }) => keys.includes(key));
        expect(usage.rounds).toBe(mine.length);
        expect(usage.tokens).toBe(mine.reduce((sum, { tokens }) => sum + tokens, 0));
        expect(usage.reserved.rounds).toBe(mine.filter(({ ended }) => ended === 'no').length);
      }
    }),
    { seed: 20_264, numRuns: 300 * LONG },
  );
});

it.each([1, 10, 100, 1_000])('%i parallel callers at limit 10 get exactly the ten rounds', async (count) => {
  const limiter = createRateLimiter();
  const request = { scopes: [{ key: 'e', limits: { rounds: 10, tokens: 1_000 } }], amounts: { rounds: 1, tokens: 100 } };
  const answers = await Promise.all(Array.from({ length: count }, () => limiter.reserve(request)));
  expect(answers.filter(({ ok }) => ok).length).toBe(Math.min(10, count));
  expect((await limiter.usage('e')).rounds).toBe(Math.min(10, count));
});

it('10,000 aborts, double ends and late ends leave no phantom unit', async () => {
  let now = 0;
  const limiter = createRateLimiter({ clock: () => now });
  const scopes = [{ key: 'e', limits: { rounds: 50, tokens: 5_000 } }, { key: 't', limits: { rounds: 80 } }];
  for (let turn = 0; turn < 500; turn += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => limiter.reserve({ scopes, amounts: { rounds: 1, tokens: 100 }, ttlMs: 1_000 })));
    now += 10;
    await Promise.all(answers.map(async (answer) => answer.ok && Promise.all([answer.lease.release(), answer.lease.settle(), answer.lease.release()])));
  }
  for (const key of ['e', 't']) expect(await limiter.usage(key)).toMatchObject({ rounds: 0, tokens: 0 });
});

it('an oversized request blocks nobody: what fits after it is granted', async () => {
  const limiter = createRateLimiter();
  const ask = (tokens: number) => limiter.reserve({ scopes: [{ key: 'e', limits: { tokens: 100 } }], amounts: { tokens } });
  const answers = await Promise.all([ask(101), ask(20), ask(20), ask(500), ask(60)]);
  expect(answers.map(({ ok }) => ok)).toEqual([false, true, true, false, true]);
});
