import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

describe('Turnstile', () => {
  it('lets one in at a time, in order of arrival', async () => {
    const turnstile = new Turnstile();
    const order: number[] = [];
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const leave = await turnstile.enter(signal);
        order.push(i);
        await Promise.resolve();
        expect(order.at(-1)).toBe(i);
        leave();
      }),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('lets a waiting one give up without losing the turn of those behind it', async () => {
    const turnstile = new Turnstile();
    const calm = new AbortController();
    const hasty = new AbortController();
    const leave = await turnstile.enter(calm.signal);
    const first = turnstile.enter(hasty.signal);
    const second = turnstile.enter(calm.signal);
    hasty.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    leave();
    (await second)();
    (await turnstile.enter(calm.signal))();
  });

  it('passes the turn on once, however often it is left', async () => {
    const turnstile = new Turnstile();
    const { signal } = new AbortController();
    const leave = await turnstile.enter(signal);
    const second = turnstile.enter(signal);
    const third = turnstile.enter(signal);
    leave();
    leave();
    let thirdIn = false;
    void third.then(() => (thirdIn = true));
    const leaveSecond = await second;
    await Promise.resolve();
    expect(thirdIn).toBe(false);
    leaveSecond();
    await third;
  });
});
