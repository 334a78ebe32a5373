import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Semaphore } from './semaphore.ts';

test('as many holders as there are places get in at once, the next waits for one to leave', async () => {
  const places = new Semaphore(2);
  const [first] = await Promise.all([places.acquire(), places.acquire()]);
  const order: string[] = [];
  const third = places.acquire().then(() => order.push('third'));
  await Promise.resolve();
  order.push('before');
  first?.();
  await third;
  expect(order).toEqual(['before', 'third']);
});

test('a place given back twice counts once', async () => {
  const places = new Semaphore(1);
  const leave = await places.acquire();
  leave();
  leave();
  await places.acquire();
  let entered = false;
  void places.acquire().then(() => (entered = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toBe(false);
});

test('who gives up while waiting loses no place for the others', async () => {
  const places = new Semaphore(1);
  const leave = await places.acquire();
  const aborter = new AbortController();
  const gone = places.acquire(aborter.signal);
  const next = places.acquire();
  aborter.abort(new Error('gave up'));
  await expect(gone).rejects.toThrow('gave up');
  leave();
  (await next)();
  (await places.acquire())();
});

test('who has given up already is not let in', async () => {
  await expect(new Semaphore(1).acquire(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
});

test('whatever comes, waits and leaves in whatever order: never more holders than places, in order of arrival, and nobody is forgotten', async () => {
  const step = fc.constantFrom('come', 'come', 'leave', 'give up');
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), async (size, steps) => {
    const places = new Semaphore(size);
    const inside: (() => void)[] = [];
    const waiting: { n: number; aborter: AbortController }[] = [];
    const entered: number[] = [];
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const [n, kind] of steps.entries()) {
      if (kind === 'come') {
        const aborter = new AbortController();
        waiting.push({ n, aborter });
        places.acquire(aborter.signal).then(
          (leave) => {
            inside.push(leave);
            entered.push(n);
            waiting.splice(waiting.findIndex((one) => one.n === n), 1);
          },
          () => undefined,
        );
      } else if (kind === 'leave') inside.shift()?.();
      else waiting.splice(-1, 1)[0]?.aborter.abort();
      await turn();
      expect(inside.length).toBeLessThanOrEqual(size);
      expect(inside.length === size || waiting.length === 0).toBe(true);
    }
    expect(entered).toEqual(entered.toSorted((a, b) => a - b));
  });
  await fc.assert(property, { seed: 11, numRuns: process.env['CODE_EXECUTOR_LONG_TESTS'] ? 2_000 : 60 });
});
