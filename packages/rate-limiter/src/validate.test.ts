import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateLimiter } from './create-rate-limiter.ts';
import { RateLimiterError } from './errors.ts';
import type { ReserveRequest } from './types.ts';

const good = { scopes: [{ key: 'e', limits: { rounds: 1, tokens: 1 } }], amounts: { rounds: 1, tokens: 1 } };
const withLimit = (tokens: unknown) => ({ ...good, scopes: [{ key: 'e', limits: { tokens } }] });

const bad: [string, string, unknown][] = [
  ['no request', 'request', undefined],
  ['a request that is an array', 'request', [good]],
  ['an unknown field', 'request.ttl', { ...good, ttl: 5 }],
  ['no scopes', 'scopes', { amounts: {} }],
  ['an empty list of scopes', 'scopes', { ...good, scopes: [] }],
  ['more than 64 scopes', 'scopes', { ...good, scopes: Array.from({ length: 65 }, (_, i) => ({ key: `k${i}`, limits: {} })) }],
  ['a scope that is null', 'scopes[0]', { ...good, scopes: [null] }],
  ['a scope without a key', 'scopes[0].key', { ...good, scopes: [{ limits: {} }] }],
  ['an empty key', 'scopes[0].key', { ...good, scopes: [{ key: '', limits: {} }] }],
  ['a key of 513 characters', 'scopes[0].key', { ...good, scopes: [{ key: 'k'.repeat(513), limits: {} }] }],
  ['one key twice', 'scopes[1].key', { ...good, scopes: [good.scopes[0], good.scopes[0]] }],
  ['a scope without limits', 'scopes[0].limits', { ...good, scopes: [{ key: 'e' }] }],
  ['a misspelt limit', 'scopes[0].limits.token', { ...good, scopes: [{ key: 'e', limits: { token: 5 } }] }],
  ['a limit below 0', 'scopes[0].limits.tokens', withLimit(-1)],
  ['an infinite limit', 'scopes[0].limits.tokens', withLimit(Infinity)],
  ['a limit that is text', 'scopes[0].limits.tokens', withLimit('10')],
  ['no amounts', 'amounts', { scopes: good.scopes }],
  ['a fraction', 'amounts.tokens', { ...good, amounts: { tokens: 0.5 } }],
  ['NaN', 'amounts.rounds', { ...good, amounts: { rounds: NaN } }],
  ['2^53', 'amounts.tokens', { ...good, amounts: { tokens: 2 ** 53 } }],
  ['null', 'amounts.tokens', { ...good, amounts: { tokens: null } }],
  ['an amount of an unknown kind', 'amounts.dollars', { ...good, amounts: { dollars: 1 } }],
  ['an empty id', 'id', { ...good, id: '' }],
  ['an id that is a number', 'id', { ...good, id: 7 }],
  ['a floor above the amount', 'atLeast.tokens', { ...good, atLeast: { tokens: 2 } }],
  ['a floor without tokens', 'atLeast.tokens', { ...good, atLeast: {} }],
  ['a life of 0', 'ttlMs', { ...good, ttlMs: 0 }],
  ['a life without end', 'ttlMs', { ...good, ttlMs: Infinity }],
];

it.each(bad)('refuses %s and names %s', async (_, field, request) => {
  const limiter = createRateLimiter();
  const error = await limiter.reserve(request as ReserveRequest).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RateLimiterError);
  expect(error).toMatchObject({ code: 'invalid_request', field });
  expect((error as RateLimiterError).message).toContain(`${field} must be`);
  expect((await limiter.usage('e')).rounds).toBe(0);
});

it('refuses keys that are not names in usage and forget', async () => {
  const limiter = createRateLimiter();
  for (const key of ['', 5, undefined, 'k'.repeat(513)]) {
    await expect(limiter.usage(key as string)).rejects.toMatchObject({ code: 'invalid_request', field: 'key' });
    await expect(limiter.forget(key as string)).rejects.toMatchObject({ code: 'invalid_request', field: 'key' });
  }
});

it('says the value and the cure, and cuts long values short', async () => {
  const limiter = createRateLimiter();
  await expect(limiter.reserve(withLimit(-5) as never)).rejects.toThrow(
    'scopes[0].limits.tokens must be a whole number from 0 to 9007199254740991, or absent for no limit, but is -5',
  );
  const error = (await limiter.reserve({ ...good, amounts: { tokens: 'x'.repeat(1e6) } } as never).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message.length).toBeLessThan(300);
});

it('answers any value whatever with a grant, a denial or a typed error, and never changes the request', async () => {
  const limiter = createRateLimiter();
  const anything = fc.oneof(fc.anything(), fc.record({ scopes: fc.anything(), amounts: fc.anything() }));
  await fc.assert(
    fc.asyncProperty(anything, async (request) => {
      const outcome = await limiter.reserve(request as ReserveRequest).then(
        ({ ok }) => typeof ok,
        (error: unknown) => error instanceof RateLimiterError && error.code,
      );
      expect(['boolean', 'invalid_request']).toContain(outcome);
    }),
    { seed: 20_261, numRuns: 500 },
  );
  const frozen = Object.freeze({ scopes: Object.freeze([Object.freeze({ key: 'f', limits: Object.freeze({ rounds: 1 }) })]), amounts: Object.freeze({ rounds: 1 }) });
  expect(await limiter.reserve(frozen)).toMatchObject({ ok: true });
});

it('decides by what the request said when it was made', async () => {
  const limiter = createRateLimiter();
  const request = { scopes: [{ key: 'e', limits: { tokens: 10 } }], amounts: { tokens: 10 } };
  const answer = limiter.reserve(request);
  request.amounts.tokens = 1_000_000;
  expect(await answer).toMatchObject({ ok: true, lease: { granted: { tokens: 10 } } });
});
