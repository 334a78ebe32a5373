import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExpiryQueue } from './expiry-queue.ts';

it('gives the items in order of their end, without those that left before, like a sorted list', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), at: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant('pop' as const), now: fc.integer({ min: 0, max: 50 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new ExpiryQueue<{ expiresAt: number; slot: number }>();
      let list: { expiresAt: number; slot: number }[] = [];
      const popped: (number | undefined)[] = [];
      const expected: (number | undefined)[] = [];
      for (const next of steps) {
        if (next.kind === 'push') {
          const item = { expiresAt: next.at, slot: -1 };
          queue.push(item);
          list.push(item);
        } else if (next.kind === 'remove') {
          const item = list[next.pick % Math.max(1, list.length)];
          if (item === undefined) continue;
          queue.remove(item);
          queue.remove(item);
          list = list.filter((other) => other !== item);
        } else {
          const item = queue.popExpired(next.now);
          const first = Math.min(...list.map(({ expiresAt }) => expiresAt));
          popped.push(item?.expiresAt);
          expected.push(first <= next.now ? first : undefined);
          list = list.filter((other) => other !== item);
        }
        expect(queue.size).toBe(list.length);
      }
      expect(popped).toEqual(expected);
    }),
    { seed: 20_262, numRuns: 300 },
  );
});
