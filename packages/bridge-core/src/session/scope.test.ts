import { describe, expect, it } from 'vitest';
import { manualClock } from '../../test/harness.ts';
import { CallScope } from './scope.ts';

describe('CallScope', () => {
  it('ends for the first reason and keeps to it', () => {
    const clock = manualClock();
    const client = new AbortController();
    const scope = new CallScope(clock, 1_000);
    scope.follow(client.signal, 'client_gone');
    clock.advance(1_000);
    client.abort();
    expect(scope.error()).toMatchObject({ code: 'timeout', message: 'Sampling timed out after 1000 ms' });
    expect(() => scope.check()).toThrow('Sampling timed out after 1000 ms');
  });

  it('ends at once where what it follows is over already', () => {
    const scope = new CallScope(manualClock(), undefined);
    scope.follow(AbortSignal.abort(), 'session_closed');
    expect(scope.error().code).toBe('session_closed');
    expect(scope.signal.aborted).toBe(true);
  });

  it('does not wait for work that ignores it, and leaves no rejection unheard', async () => {
    const clock = manualClock();
    const scope = new CallScope(clock, 10);
    const { promise, reject } = Promise.withResolvers<void>();
    const raced = scope.race(promise);
    clock.advance(10);
    await expect(raced).rejects.toMatchObject({ code: 'timeout' });
    reject(new Error('late'));
    await expect(scope.race(Promise.reject(new Error('later')))).rejects.toMatchObject({ code: 'timeout' });
  });

  it('leaves no timer and no listener behind', () => {
    const clock = manualClock();
    const client = new AbortController();
    const scope = new CallScope(clock, 1_000);
    scope.follow(client.signal, 'client_gone');
    scope.dispose();
    client.abort();
    expect([clock.pending(), scope.signal.aborted]).toEqual([0, false]);
  });

  it('knows how long it has run and how long it may', () => {
    const clock = manualClock();
    const scope = new CallScope(clock, 1_000);
    clock.advance(400);
    expect([scope.elapsedMs(), scope.remainingMs()]).toEqual([400, 600]);
    clock.advance(5_000);
    expect(scope.remainingMs()).toBe(0);
    expect(new CallScope(clock, undefined).remainingMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
