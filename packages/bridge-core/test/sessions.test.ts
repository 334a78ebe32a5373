import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, createEchoProvider, startBridge } from '../src/index.ts';
import { ask, deferred, fakeProvider, manualClock, memoryAudit, result } from './harness.ts';
import { createLedger } from './ledger.ts';

describe('sessions', () => {
  let bridge: Bridge;
  afterEach(() => bridge.close());

  it('share a bridge and nothing else', async () => {
    bridge = await startBridge({ provider: createEchoProvider(), limiter: createLedger() });
    const sessions = ['a', 'b', 'c'].map((executionId) => bridge.openSession({ executionId, limits: { rounds: 5, tokens: 10_000 } }));
    await Promise.all(sessions.flatMap((session, i) => Array.from({ length: i + 1 }, () => ask(bridge, session, 'hi'))));
    expect(sessions.map((session) => session.metrics().totalRounds)).toEqual([1, 2, 3]);
    expect(sessions.map((session) => session.budget().rounds)).toEqual([4, 3, 2]);
  });

  it('end without disturbing another: token revoked, calls stopped, the neighbour answers', async () => {
    const gate = deferred();
    const started = deferred();
    const signals: AbortSignal[] = [];
    const provider = fakeProvider(async (_request, signal) => {
      signals.push(signal);
      if (signals.length === 2) started.resolve();
      await Promise.race([gate.promise, new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }))]);
      return result('ok');
    });
    const audit = memoryAudit();
    bridge = await startBridge({ provider, audit });
    const [dying, living] = [bridge.openSession({ executionId: 'dying' }), bridge.openSession({ executionId: 'living' })];
    const [lost, kept] = [ask(bridge, dying, 'hi').catch(() => 'cut'), ask(bridge, living, 'hi')];
    await started.promise;
    await dying.close();
    await dying.close();
    expect(signals.map(({ aborted }) => aborted).sort()).toEqual([false, true]);
    await lost;
    expect((await ask(bridge, dying, 'hi')).status).toBe(401);
    gate.resolve();
    expect((await kept).status).toBe(200);
    expect(dying.calls()).toMatchObject([{ response: '', error: { code: 'session_closed' } }]);
    expect(audit.entries).toMatchObject([{ executionId: 'dying', errorCode: 'session_closed', round: 1 }, { executionId: 'living', status: 'success' }]);
  });

  it('charge the reservation of a provider that ignores its signal, and do not wait for it', async () => {
    const clock = manualClock();
    const started = deferred();
    const limiter = createLedger();
    const provider = fakeProvider(() => {
      started.resolve();
      return new Promise(() => undefined);
    });
    bridge = await startBridge({ provider, limiter, clock, estimatePromptTokens: () => 100 });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 5, tokens: 10_000 } });
    const asked = ask(bridge, session, 'hi', { maxTokens: 400 });
    await started.promise;
    clock.advance(29_999);
    expect(session.calls()).toEqual([]);
    clock.advance(1);
    while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
    const { status, body } = await asked;
    expect([status, body]).toMatchObject([504, { error: 'Sampling timed out after 30000 ms', code: 'timeout', budget: { rounds: 4, tokens: 9_500 } }]);
    expect(limiter.spent('e')).toEqual({ rounds: 1, tokens: 500 });
    expect(session.calls()[0]).toMatchObject({ durationMs: 30_100, tokensUsed: 500, error: { code: 'timeout' } });
  });

  it('take their own deadline before the bridge\'s', async () => {
    const clock = manualClock();
    const started = deferred();
    const provider = fakeProvider((_request, signal) => {
      started.resolve();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
    });
    bridge = await startBridge({ provider, clock });
    const session = bridge.openSession({ executionId: 'e', timeoutPerCallMs: 50 });
    const asked = ask(bridge, session, 'hi');
    await started.promise;
    clock.advance(50);
    expect((await asked).body.error).toBe('Sampling timed out after 50 ms');
  });

  it('write one audit entry per call, refusals included, before the reply', async () => {
    const audit = memoryAudit();
    bridge = await startBridge({ provider: createEchoProvider(), limiter: createLedger(), audit });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 1, tokens: 10_000 } });
    await ask(bridge, session, 'one');
    expect(audit.entries).toHaveLength(1);
    await ask(bridge, session, 'two');
    await ask(bridge, session, 'three', { maxTokens: -1 });
    expect(audit.entries.map((entry) => (entry.kind === 'sampling' ? [entry.round, entry.status, entry.errorCode, entry.tokensUsed > 0] : []))).toEqual([
      [1, 'success', undefined, true],
      [0, 'error', 'rate_limited', false],
      [0, 'error', 'invalid_request', false],
    ]);
    expect(session.calls().map(({ error }) => error?.code)).toEqual([undefined, 'rate_limited', 'invalid_request']);
  });

  it('deliver nothing that the audit log did not keep, yet charge for it', async () => {
    const limiter = createLedger();
    bridge = await startBridge({ provider: fakeProvider(() => result('precious', 3, 4)), limiter, audit: { append: async () => { throw new Error('disk full at /var/log'); } } });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 5, tokens: 10_000 } });
    const { status, body } = await ask(bridge, session, 'hi');
    expect([status, body.code]).toEqual([503, 'audit_unavailable']);
    expect(JSON.stringify(body)).not.toMatch(/precious|disk full/);
    expect(limiter.spent('e')).toEqual({ rounds: 1, tokens: 7 });
    expect(session.calls()[0]).toMatchObject({ response: '', tokensUsed: 7, error: { code: 'audit_unavailable' } });
  });

  it('do not hang where the audit log never answers', async () => {
    const clock = manualClock();
    const appended = deferred();
    bridge = await startBridge({ provider: createEchoProvider(), clock, audit: { append: () => { appended.resolve(); return new Promise(() => undefined); } } });
    const session = bridge.openSession({ executionId: 'e' });
    const asked = ask(bridge, session, 'hi');
    await appended.promise;
    clock.advance(10_000);
    expect((await asked).body.code).toBe('audit_unavailable');
  });

  it('give out copies that change nothing', async () => {
    bridge = await startBridge({ provider: createEchoProvider() });
    const session = bridge.openSession({ executionId: 'e' });
    await ask(bridge, session, 'hi');
    session.calls()[0]!.response = 'changed';
    session.warnings().push({ code: 'x', message: 'x' });
    expect(session.calls()[0]?.response).not.toBe('changed');
    expect(session.warnings()).toEqual([]);
  });

  it('count unreported usage as reserved and mark it as estimated', async () => {
    const provider = fakeProvider(() => ({ text: 'ok', model: 'm', stopReason: 'end_turn' }));
    bridge = await startBridge({ provider, estimatePromptTokens: () => 100 });
    const session = bridge.openSession({ executionId: 'e' });
    expect((await ask(bridge, session, 'hi', { maxTokens: 50 })).body).toMatchObject({ tokensUsed: 150, usage: { estimated: true } });
  });

  it('charge all four kinds of tokens', async () => {
    const usage = { inputTokens: 1, outputTokens: 2, cacheCreationInputTokens: 4, cacheReadInputTokens: 8 };
    bridge = await startBridge({ provider: fakeProvider(() => ({ ...result('ok'), usage })) });
    expect((await ask(bridge, bridge.openSession({ executionId: 'e' }), 'hi')).body).toMatchObject({ tokensUsed: 15, usage });
  });

  it('fall back to safe names where a provider reports strange ones', async () => {
    bridge = await startBridge({ provider: fakeProvider(() => ({ ...result('ok'), model: 'x y\n{"z"}', stopReason: 'a'.repeat(500) })) });
    expect((await ask(bridge, bridge.openSession({ executionId: 'e' }), 'hi')).body).toMatchObject({ model: 'claude-sonnet-5-5', stopReason: 'unknown' });
  });
});
