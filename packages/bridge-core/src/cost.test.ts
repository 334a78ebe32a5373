import { describe, expect, it } from 'vitest';
import { costOfFailure, provesNoWork, tokensOf } from './cost.ts';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

describe('tokensOf', () => {
  it('sums all four kinds', () => {
    expect(tokensOf({ inputTokens: 1, outputTokens: 2, cacheCreationInputTokens: 4, cacheReadInputTokens: 8 })).toBe(15);
  });

  it('is undefined for what is no report: negative, endless, not numbers, nothing', () => {
    for (const bad of [undefined, null, 3, {}, { inputTokens: -1, outputTokens: 0 }, { inputTokens: Number.NaN, outputTokens: 0 }, { inputTokens: '5', outputTokens: 0 }, { inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 9 }]) {
      expect(tokensOf(bad)).toBeUndefined();
    }
  });
});

describe('provesNoWork', () => {
  it('holds for every 4xx and for 529, and for no other status', () => {
    for (let status = 100; status < 1_000; status++) expect(provesNoWork({ status })).toBe((status >= 400 && status < 500) || status === 529);
  });

  it('holds for a refused connection and an unknown host, however deep the cause lies', () => {
    expect(provesNoWork(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }))).toBe(true);
    expect(provesNoWork(new Error('x', { cause: new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }) }))).toBe(true);
  });

  it('holds for several addresses only where every one of them refused', () => {
    expect(provesNoWork(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(provesNoWork(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNRESET')]))).toBe(false);
  });

  it('does not hold for a reset, a time-out or an unknown error', () => {
    for (const error of [withCode('ECONNRESET'), withCode('ETIMEDOUT'), new Error('?'), undefined, null, 'text']) expect(provesNoWork(error)).toBe(false);
  });

  it('survives errors whose properties throw and causes that go in circles', () => {
    const hostile = Object.defineProperty(new Error('x'), 'status', { get: () => { throw new Error('no'); } });
    const circular = new Error('x');
    circular.cause = circular;
    expect(provesNoWork(hostile)).toBe(false);
    expect(provesNoWork(circular)).toBe(false);
  });
});

describe('costOfFailure', () => {
  it('is what was reported, whatever the status says', () => {
    expect(costOfFailure({ status: 429, usage: { inputTokens: 5, outputTokens: 1 } }, 100, false)).toBe(6);
  });

  it('is the reservation where text had come, although the status alone would prove no work', () => {
    expect(costOfFailure({ status: 529 }, 100, true)).toBe(100);
  });
});
