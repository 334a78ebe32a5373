import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, startBridge } from '../src/index.ts';
import { ask, deferred, fakeProvider, manualClock, result } from './harness.ts';
import { createLedger } from './ledger.ts';

const estimatePromptTokens = (): number => 100;

describe('a limiter that misbehaves', () => {
  let bridge: Bridge;
  afterEach(() => bridge.close());

  it('refuses where the limiter fails, and keeps its words', async () => {
    const limiter = { ...createLedger(), reserve: async () => { throw new Error('redis at 10.0.0.1 is down'); } };
    const provider = fakeProvider(() => result('ok'));
    bridge = await startBridge({ provider, limiter });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 5_000 } });
    const { status, body } = await ask(bridge, session, 'hi');
    expect([status, body.code]).toEqual([503, 'limiter_unavailable']);
    expect(body.error).not.toContain('redis');
    expect(provider.requests).toHaveLength(0);
  });

  it('ends a call whose limiter never answers at its deadline, and gives a late grant back', async () => {
    const clock = manualClock();
    const gate = deferred();
    const asked = deferred();
    const ledger = createLedger();
    const limiter = { ...ledger, reserve: async (request: Parameters<typeof ledger.reserve>[0]) => {
      asked.resolve();
      await gate.promise;
      return ledger.reserve(request);
    } };
    const provider = fakeProvider(() => result('ok'));
    bridge = await startBridge({ provider, limiter, clock });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 5_000 } });
    const reply = ask(bridge, session, 'hi');
    await asked.promise;
    clock.advance(30_000);
    expect((await reply).body.code).toBe('timeout');
    gate.resolve();
    await session.close();
    while (ledger.open() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect([provider.requests.length, ledger.spent('e')]).toEqual([0, { rounds: 0, tokens: 0 }]);
  });

  it('delivers where only the settling fails, since the reservation then stays charged', async () => {
    const ledger = createLedger();
    const limiter = { ...ledger, reserve: async (request: Parameters<typeof ledger.reserve>[0]) => {
      const reply = await ledger.reserve(request);
      return reply.ok ? { ok: true as const, lease: { ...reply.lease, settle: async () => { throw new Error('down'); } } } : reply;
    } };
    bridge = await startBridge({ provider: fakeProvider(() => result('ok')), limiter, estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 5_000 } });
    expect((await ask(bridge, session, 'hi')).status).toBe(200);
    expect(session.budget()).toMatchObject({ rounds: 2, tokens: 3_900 });
  });

  it('refuses, and gives back, what a limiter grants below the agreed least', async () => {
    const ledger = createLedger();
    const limiter = { ...ledger, reserve: async (request: Parameters<typeof ledger.reserve>[0]) => {
      const reply = await ledger.reserve(request);
      return reply.ok && request.amounts.tokens !== 0 ? { ok: true as const, lease: { ...reply.lease, granted: { tokens: 1 } } } : reply;
    } };
    const provider = fakeProvider(() => result('ok'));
    bridge = await startBridge({ provider, limiter, estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 1, tokens: 5_000 } });
    expect((await ask(bridge, session, 'hi')).body.code).toBe('token_budget');
    expect([provider.requests.length, ledger.open(), ledger.spent('e')]).toEqual([0, 0, { rounds: 0, tokens: 0 }]);
  });
});
