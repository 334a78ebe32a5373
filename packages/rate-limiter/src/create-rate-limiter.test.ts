import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './create-rate-limiter.ts';
import { RateLimiterError } from './errors.ts';
import { memoryStore } from './memory-store.ts';
import type { LimiterStore } from './store.ts';
import type { Lease, RateLimiter, ReserveRequest } from './types.ts';

const scope = (key: string, rounds: number, tokens: number) => ({ key, limits: { rounds, tokens } });
const one = (tokens: number, ...scopes: ReserveRequest['scopes']): ReserveRequest => ({
  scopes: scopes.length > 0 ? scopes : [scope('e', 10, 1_000)],
  amounts: { rounds: 1, tokens },
});

async function granted(limiter: RateLimiter, request: ReserveRequest): Promise<Lease> {
  const answer = await limiter.reserve(request);
  if (!answer.ok) throw new Error(`denied: ${JSON.stringify(answer)}`);
  return answer.lease;
}

async function used(limiter: RateLimiter, key = 'e') {
  const { rounds, tokens } = await limiter.usage(key);
  return { rounds, tokens };
}

describe('reserve', () => {
  it('holds rounds and tokens in every scope', async () => {
    const limiter = createRateLimiter();
    await granted(limiter, one(300, scope('a', 1, 300), scope('b', 5, 900)));
    const usage = { rounds: 1, tokens: 300, spent: { rounds: 0, tokens: 0 }, reserved: { rounds: 1, tokens: 300 } };
    expect(await limiter.usage('a')).toEqual(usage);
    expect(await limiter.usage('b')).toEqual(usage);
  });

  it('changes nothing in any scope when one has no room, and names that one', async () => {
    const limiter = createRateLimiter();
    await granted(limiter, one(200, scope('b', 5, 250)));
    const answer = await limiter.reserve(one(100, scope('a', 5, 500), scope('b', 5, 250)));
    expect(answer).toEqual({ ok: false, scope: 'b', dimension: 'tokens', remaining: 50, limit: 250, reserved: 200 });
    expect(await used(limiter, 'a')).toEqual({ rounds: 0, tokens: 0 });
    expect(await used(limiter, 'b')).toEqual({ rounds: 1, tokens: 200 });
  });

  it('names rounds before tokens, whichever scope lacks which', async () => {
    const answer = await createRateLimiter().reserve(one(100, scope('tokens', 5, 10), scope('rounds', 0, 1_000)));
    expect(answer).toMatchObject({ ok: false, scope: 'rounds', dimension: 'rounds', remaining: 0 });
  });

  it('takes the limit from each request and the counter from the key', async () => {
    const limiter = createRateLimiter();
    await granted(limiter, one(900));
    expect(await limiter.reserve(one(1, scope('e', 10, 500)))).toMatchObject({ ok: false, remaining: 0, limit: 500 });
    expect(await limiter.reserve(one(1_100, scope('e', 10, 2_000)))).toMatchObject({ ok: true });
  });

  it('counts a dimension without a limit and does not limit it', async () => {
    const limiter = createRateLimiter();
    await granted(limiter, { scopes: [{ key: 'e', limits: {} }], amounts: { rounds: 7, tokens: 1e9 } });
    expect(await used(limiter)).toEqual({ rounds: 7, tokens: 1e9 });
  });

  it('lets an amount of 0 pass a dimension that is overspent', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(1_000))).settle({ tokens: 5_000 });
    expect(await limiter.reserve(one(0))).toMatchObject({ ok: true });
    expect(await limiter.reserve(one(1))).toMatchObject({ ok: false, dimension: 'tokens', remaining: 0 });
  });

  it('never lets a counter leave the numbers that are exact', async () => {
    const limiter = createRateLimiter();
    const all = { scopes: [{ key: 'e', limits: {} }], amounts: { tokens: Number.MAX_SAFE_INTEGER } };
    const lease = await granted(limiter, all);
    expect(await limiter.reserve({ ...all, amounts: { tokens: 1 } })).toMatchObject({ ok: false, remaining: 0 });
    await lease.settle();
    const free = await granted(limiter, one(0, { key: 'e', limits: {} } as never));
    await free.settle({ tokens: 5 });
    expect((await limiter.usage('e')).tokens).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('shrink to fit', () => {
  const least = (tokens: number, atLeast: number, ...scopes: ReserveRequest['scopes']) => ({ ...one(tokens, ...scopes), atLeast: { tokens: atLeast } });

  it('grants the largest amount that fits every scope', async () => {
    const limiter = createRateLimiter();
    const lease = await granted(limiter, least(1_000, 64, scope('a', 5, 700), scope('b', 5, 400)));
    expect(lease.granted).toEqual({ rounds: 1, tokens: 400 });
    expect(await used(limiter, 'a')).toEqual({ rounds: 1, tokens: 400 });
  });

  it('grants what was asked where that fits', async () => {
    expect((await granted(createRateLimiter(), least(1_000, 64))).granted.tokens).toBe(1_000);
  });

  it('denies below the floor and says what remains', async () => {
    const answer = await createRateLimiter().reserve(least(1_000, 64, scope('a', 5, 63)));
    expect(answer).toMatchObject({ ok: false, dimension: 'tokens', remaining: 63 });
  });
});

describe('the end of a lease', () => {
  it('settled: the round stays spent and the tokens become the actual ones', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(800))).settle({ tokens: 75 });
    expect(await limiter.usage('e')).toMatchObject({ spent: { rounds: 1, tokens: 75 }, reserved: { rounds: 0, tokens: 0 } });
  });

  it('settled without a figure: the granted tokens are spent', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(800))).settle({});
    await (await granted(limiter, one(100))).settle();
    expect(await used(limiter)).toEqual({ rounds: 2, tokens: 900 });
  });

  it('settled with 0 tokens: only the round is spent', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(800))).settle({ tokens: 0 });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 0 });
  });

  it('settled for more than it held: all of it is counted', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(800))).settle({ tokens: 1_300 });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 1_300 });
    expect(await limiter.reserve(one(1))).toMatchObject({ ok: false, remaining: 0 });
  });

  it('released: everything goes back', async () => {
    const limiter = createRateLimiter();
    await (await granted(limiter, one(800))).release();
    expect(await used(limiter)).toEqual({ rounds: 0, tokens: 0 });
  });

  it('comes once: later ends change nothing', async () => {
    const limiter = createRateLimiter();
    const lease = await granted(limiter, one(800));
    await Promise.all([lease.settle({ tokens: 10 }), lease.release(), lease.settle({ tokens: 500 }), lease.release()]);
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 10 });
  });

  it('does not come from a settle with a bad figure: the lease lives on', async () => {
    const limiter = createRateLimiter();
    const lease = await granted(limiter, one(800));
    await expect(lease.settle({ tokens: -1 })).rejects.toMatchObject({ code: 'invalid_request', field: 'actual.tokens' });
    expect((await limiter.usage('e')).reserved.tokens).toBe(800);
    await lease.settle({ tokens: 1 });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 1 });
  });

  it('comes by time where it has a time-to-live: charged as reserved, and once', async () => {
    let now = 0;
    const limiter = createRateLimiter({ clock: () => now });
    const lease = await granted(limiter, { ...one(800), ttlMs: 100 });
    now = 99;
    expect((await limiter.usage('e')).reserved).toEqual({ rounds: 1, tokens: 800 });
    now = 100;
    await lease.release();
    await lease.settle({ tokens: 1 });
    expect(await limiter.usage('e')).toMatchObject({ spent: { rounds: 1, tokens: 800 }, reserved: { rounds: 0, tokens: 0 } });
  });
});

describe('an id', () => {
  it('makes the request repeatable while the lease lives', async () => {
    const limiter = createRateLimiter();
    const request = { ...one(600), id: 'call-1' };
    const [first, second] = await Promise.all([granted(limiter, request), granted(limiter, request)]);
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 600 });
    await first.settle({ tokens: 5 });
    await second.settle({ tokens: 500 });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 5 });
  });

  it('may be used again after the end, and the old handle does not touch the new lease', async () => {
    const limiter = createRateLimiter();
    const old = await granted(limiter, { ...one(600), id: 'call-1' });
    await old.release();
    await granted(limiter, { ...one(400), id: 'call-1' });
    await old.settle({ tokens: 0 });
    expect((await limiter.usage('e')).reserved.tokens).toBe(400);
  });

  it('refuses another request under the id of a live lease', async () => {
    const limiter = createRateLimiter();
    await granted(limiter, { ...one(600), id: 'call-1' });
    const others = [one(601), one(600, scope('f', 10, 1_000)), { ...one(600), atLeast: { tokens: 5 } }];
    for (const other of others) await expect(limiter.reserve({ ...other, id: 'call-1' })).rejects.toMatchObject({ code: 'id_conflict' });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 600 });
  });
});

describe('forget', () => {
  it('drops the counters of a key, and a lease from before does not count in what follows', async () => {
    const limiter = createRateLimiter();
    const old = await granted(limiter, one(600, scope('e', 10, 1_000), scope('tenant', 10, 1_000)));
    await limiter.forget('e');
    const next = await granted(limiter, one(1_000));
    await old.settle({ tokens: 70 });
    expect(await used(limiter)).toEqual({ rounds: 1, tokens: 1_000 });
    expect(await used(limiter, 'tenant')).toEqual({ rounds: 1, tokens: 70 });
    await next.release();
    expect(await used(limiter)).toEqual({ rounds: 0, tokens: 0 });
  });
});

describe('the store', () => {
  it('is shared by the limiters that are given it', async () => {
    const store = memoryStore();
    await granted(createRateLimiter({ store }), one(800));
    expect(await createRateLimiter({ store }).reserve(one(300))).toMatchObject({ ok: false, remaining: 200 });
  });

  it('that fails, at once or later, makes one typed error with its cause', async () => {
    const cause = new Error('connection lost');
    const broken: LimiterStore = {
      reserve: () => Promise.reject(cause),
      settle: () => Promise.reject(cause),
      release: () => Promise.reject(cause),
      usage: () => {
        throw cause;
      },
      forget: () => Promise.reject(cause),
    };
    const limiter = createRateLimiter({ store: broken });
    for (const operation of [limiter.reserve(one(1)), limiter.usage('e'), limiter.forget('e')]) {
      const error = await operation.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RateLimiterError);
      expect(error).toMatchObject({ code: 'store_failed', cause });
    }
  });
});
