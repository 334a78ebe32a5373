import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Turn, Turns } from './turns.ts';

/** Whether its turn has come, once everything that is due has happened. */
async function hasCome(turn: Turn): Promise<boolean> {
  let come = false;
  void turn.come.then(() => (come = true));
  await new Promise((resolve) => setImmediate(resolve));
  return come;
}

test('groups take turns, so that one with many callers does not keep another out', async () => {
  const turns = new Turns(1);
  const [greedy, modest] = [{}, {}];
  const first = turns.join(greedy);
  const order: string[] = [];
  const follow = (name: string, group: object): Promise<void> => {
    const turn = turns.join(group);
    return turn.come.then(() => {
      order.push(name);
      turn.leave();
    });
  };
  const all = [follow('greedy 1', greedy), follow('greedy 2', greedy), follow('greedy 3', greedy), follow('modest 1', modest), follow('modest 2', modest)];
  first.leave();
  await Promise.all(all);
  expect(order).toEqual(['greedy 1', 'modest 1', 'greedy 2', 'modest 2', 'greedy 3']);
});

test('who leaves while it waits, or leaves twice, gives no place that it does not have', async () => {
  const turns = new Turns(1);
  const group = {};
  const held = turns.join(group);
  const gone = turns.join(group);
  const next = turns.join(group);
  gone.leave();
  expect(await hasCome(next)).toBe(false);
  held.leave();
  held.leave();
  expect(await hasCome(next)).toBe(true);
  expect(await hasCome(gone)).toBe(false);
  expect(await hasCome(turns.join(group))).toBe(false);
});

test('whatever joins and leaves in whatever order: never more than the places, none free while one waits, and in each group by arrival', () => {
  const step = fc.oneof(fc.record({ join: fc.integer({ min: 0, max: 3 }) }), fc.record({ leave: fc.nat() }));
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), async (places, steps) => {
    const turns = new Turns(places);
    const groups = [{}, {}, {}, {}];
    const present: { group: number; n: number; turn: Turn; in: boolean }[] = [];
    const entered: number[][] = [[], [], [], []];
    for (const [n, one] of steps.entries()) {
      if ('join' in one) {
        const entry = { group: one.join, n, turn: turns.join(groups[one.join] ?? {}), in: false };
        present.push(entry);
        void entry.turn.come.then(() => {
          entry.in = true;
          entered[entry.group]?.push(n);
        });
      } else if (present.length > 0) present.splice(one.leave % present.length, 1)[0]?.turn.leave();
      await Promise.resolve();
      await Promise.resolve();
      expect(present.filter((entry) => entry.in).length).toBe(Math.min(places, present.length));
    }
    for (const order of entered) expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
  return fc.assert(property, { seed: 17, numRuns: 300 });
});
