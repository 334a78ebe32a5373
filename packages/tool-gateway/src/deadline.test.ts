import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { withDeadline } from './deadline.ts';

const never = new Promise<never>(() => undefined);
const onAbort = (): Error => new Error('aborted');

test('work that ends in time gives its value, and leaves no listener behind', async () => {
  const { signal } = new AbortController();
  const own = await withDeadline(async (own) => own, { signals: [signal, undefined], onAbort, timeoutMs: 60_000, onTimeout: onAbort });
  expect(own.aborted).toBe(false);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an abort rejects at once and reaches the work', async () => {
  const controller = new AbortController();
  const seen: boolean[] = [];
  const work = withDeadline((own) => (own.addEventListener('abort', () => seen.push(true)), never), { signals: [controller.signal], onAbort });
  controller.abort();
  await expect(work).rejects.toThrow('aborted');
  expect(seen).toEqual([true]);
});

test('work is not begun where a signal has aborted', async () => {
  let begun = false;
  const work = withDeadline(async () => (begun = true), { signals: [AbortSignal.abort()], onAbort });
  await expect(work).rejects.toThrow('aborted');
  expect(begun).toBe(false);
});

test('a time-out rejects and its error is the reason that the work sees', async () => {
  let reason: unknown;
  const work = withDeadline((own) => (own.addEventListener('abort', () => (reason = own.reason)), never), { signals: [], onAbort, timeoutMs: 1, onTimeout: () => new Error('late') });
  await expect(work).rejects.toThrow('late');
  expect(reason).toMatchObject({ message: 'late' });
});
