import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { Pace, TURN_CHARACTERS } from './pace.ts';
import { CallScope } from './scope.ts';

/** Runs `work` and says in which turn of the event loop each of its parts was let in. */
async function turnsOf(sizes: readonly number[], pace: Pace): Promise<number[]> {
  let turn = 0;
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  const turns = await Promise.all(sizes.map((size) => pace.take(size).then(() => turn)));
  clearImmediate(next);
  return turns;
}

test('what fits a turn goes at once; what does not waits for later turns, each for its own', async () => {
  const half = TURN_CHARACTERS / 2;
  const turns = await turnsOf([half, half, half, half, TURN_CHARACTERS * 5, 1], new Pace());
  expect(turns.slice(0, 2)).toEqual([0, 0]);
  expect(turns.slice(2).every((turn) => turn > 0)).toBe(true);
  expect(new Set(turns.slice(2)).size).toBeGreaterThanOrEqual(3);
});

test('who waits may be stopped, and holds up no one after', async () => {
  const pace = new Pace();
  const scope = new CallScope(systemClock, undefined);
  await pace.take(TURN_CHARACTERS);
  const first = pace.take(TURN_CHARACTERS);
  const stopped = pace.take(1, scope);
  scope.stop('client_gone');
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  await first;
  await pace.take(TURN_CHARACTERS);
});
