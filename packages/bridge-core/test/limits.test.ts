import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, createEchoProvider, createProviderFailure, type Provider, type ProviderResult, startBridge } from '../src/index.ts';
import { ask, deferred, fakeProvider, manualClock, result } from './harness.ts';
import { createLedger } from './ledger.ts';

/** Every prompt is taken for this many tokens. */
const PROMPT = 100;
const estimatePromptTokens = (): number => PROMPT;

describe('limits', () => {
  let bridge: Bridge;
  afterEach(() => bridge.close());

  it('hands over exactly ten of sixty parallel calls and refuses fifty by name', async () => {
    const gate = deferred();
    const provider = fakeProvider(async () => gate.promise.then(() => result('ok')));
    const limiter = createLedger();
    bridge = await startBridge({ provider, limiter, estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 100_000 } });
    let refusals = 0;
    const allRefused = deferred();
    const asks = Array.from({ length: 60 }, async () => {
      const reply = await ask(bridge, session, 'hi');
      if (reply.status === 429 && ++refusals === 50) allRefused.resolve();
      return reply;
    });
    // The refusals do not wait for the ten that run.
    await allRefused.promise;
    gate.resolve();
    const replies = await Promise.all(asks);
    expect(provider.requests).toHaveLength(10);
    for (const { body } of replies.filter(({ status }) => status === 429)) {
      expect(body).toMatchObject({ error: 'Rate limit exceeded: 10/10 rounds used', code: 'rate_limited', quotaRemaining: { rounds: 0 } });
    }
    expect(limiter.open()).toBe(0);
    expect(session.metrics()).toMatchObject({ totalRounds: 10, totalTokens: 20, averageTokensPerRound: 2, quotaRemaining: { rounds: 0, tokens: 99_980 } });
    expect(session.budget()).toMatchObject({ rounds: 0, tokens: 99_980 });
  });

  it('does not read the bodies of a program any more that goes on asking although nothing is left', async () => {
    bridge = await startBridge({ provider: createEchoProvider(), limiter: createLedger() });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 0, tokens: 100 } });
    for (let i = 0; i < 100; i++) expect((await ask(bridge, session, 'hi', { maxTokens: -1 })).body.code).toBe('invalid_request');
    expect((await ask(bridge, session, 'hi', { maxTokens: -1 })).body.code).toBe('rate_limited');
    expect(session.calls()).toHaveLength(100);
  });

  it('names rounds first where rounds and tokens are both used up', async () => {
    bridge = await startBridge({ provider: fakeProvider(() => result('ok', 200, 0)), limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 1, tokens: 200 } });
    expect((await ask(bridge, session, 'hi', { maxTokens: 100 })).status).toBe(200);
    expect((await ask(bridge, session, 'hi')).body.error).toBe('Rate limit exceeded: 1/1 rounds used');
  });

  it('refuses with zero limits at once', async () => {
    bridge = await startBridge({ provider: createEchoProvider(), limiter: createLedger() });
    const none = bridge.openSession({ executionId: 'a', limits: { rounds: 0, tokens: 100 } });
    expect((await ask(bridge, none, 'hi')).body.error).toBe('Rate limit exceeded: 0/0 rounds used');
    const noTokens = bridge.openSession({ executionId: 'b', limits: { rounds: 1, tokens: 0 } });
    expect((await ask(bridge, noTokens, 'hi')).body.error).toBe('Token budget exceeded: 0/0 tokens used');
    expect(none.metrics().totalRounds + noTokens.metrics().totalRounds).toBe(0);
  });

  it.each([{ shrinks: true }, { shrinks: false }])('shrinks maxTokens to what is left, with a warning where the answer was cut ($shrinks)', async ({ shrinks }) => {
    const provider = fakeProvider((request) => ({ ...result('cut', PROMPT, request.maxTokens), stopReason: 'max_tokens' }));
    bridge = await startBridge({ provider, limiter: createLedger({ shrinks }), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 1_000 } });
    expect((await ask(bridge, session, 'hi', { maxTokens: 600 })).body.tokensUsed).toBe(700);
    expect(session.warnings()).toEqual([]);
    expect((await ask(bridge, session, 'hi', { maxTokens: 600 })).status).toBe(200);
    expect(provider.requests.map(({ maxTokens }) => maxTokens)).toEqual([600, 200]);
    expect(session.warnings().map(({ code }) => code)).toEqual(['max_tokens_reduced']);
    const refused = await ask(bridge, session, 'hi');
    expect(refused.body).toMatchObject({ error: 'Token budget exceeded: 1000/1000 tokens used', code: 'token_budget', quotaRemaining: { rounds: 8, tokens: 0 } });
    expect(provider.requests).toHaveLength(2);
  });

  it('does not warn where the shrunk answer ended by itself', async () => {
    bridge = await startBridge({ provider: fakeProvider(() => result('short')), limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 300 } });
    expect((await ask(bridge, session, 'hi')).status).toBe(200);
    expect(session.warnings()).toEqual([]);
  });

  it('keeps to the floor, and below it asks the provider for the exact count before it refuses', async () => {
    let exact = PROMPT;
    const provider: Provider = { ...fakeProvider(() => result('ok', 10, 10)), countTokens: async () => exact };
    bridge = await startBridge({ provider, limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: PROMPT + 63 } });
    expect((await ask(bridge, session, 'hi')).body.error).toBe('Token budget exceeded: 0/163 tokens used');
    exact = 50;
    expect((await ask(bridge, session, 'hi')).status).toBe(200);
    expect(session.metrics().totalRounds).toBe(1);
  });

  it('lets the estimate stand where the exact count fails', async () => {
    const provider: Provider = { ...fakeProvider(() => result('ok')), countTokens: async () => { throw new Error('no such path'); } };
    bridge = await startBridge({ provider, limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 120 } });
    expect((await ask(bridge, session, 'hi')).body.code).toBe('token_budget');
  });

  it('accepts an answer shorter than the floor where no more was asked', async () => {
    bridge = await startBridge({ provider: fakeProvider(() => result('ok')), limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 105 } });
    expect((await ask(bridge, session, 'hi', { maxTokens: 5 })).status).toBe(200);
  });

  it('lets a call wait, in order, for reservations in flight, its round reserved meanwhile', async () => {
    const gates = [deferred<ProviderResult>(), deferred<ProviderResult>(), deferred<ProviderResult>()];
    const started = [deferred(), deferred(), deferred()];
    const provider = fakeProvider(async () => {
      const turn = provider.requests.length - 1;
      started[turn]?.resolve();
      return gates[turn]?.promise ?? result('?');
    });
    bridge = await startBridge({ provider, limiter: createLedger(), estimatePromptTokens });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 1_000 } });
    const first = ask(bridge, session, 'first', { maxTokens: 900 });
    await started[0]?.promise;
    const second = ask(bridge, session, 'second', { maxTokens: 900 });
    while (session.budget().rounds > 1) await new Promise((resolve) => setImmediate(resolve));
    const third = ask(bridge, session, 'third', { maxTokens: 100 });
    while (session.budget().rounds > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await ask(bridge, session, 'fourth')).body.error).toBe('Rate limit exceeded: 3/3 rounds used');
    gates[0]?.resolve(result('1', 50, 50));
    expect((await first).status).toBe(200);
    await started[1]?.promise;
    expect(provider.requests[1]).toMatchObject({ messages: [{ content: 'second' }], maxTokens: 800 });
    gates[1]?.resolve(result('2', 50, 50));
    await started[2]?.promise;
    expect(provider.requests[2]?.messages[0]?.content).toBe('third');
    gates[2]?.resolve(result('3', 0, 0));
    expect([(await second).status, (await third).status]).toEqual([200, 200]);
    expect(session.metrics().totalTokens).toBe(200);
  });

  it('ends a waiting call at its deadline, at no cost', async () => {
    const clock = manualClock();
    const started = deferred();
    const provider = fakeProvider(() => {
      started.resolve();
      return new Promise(() => undefined);
    });
    const limiter = createLedger();
    bridge = await startBridge({ provider, limiter, estimatePromptTokens, clock });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 1_000 }, timeoutPerCallMs: 30_000 });
    const first = ask(bridge, session, 'first', { maxTokens: 900 });
    await started.promise;
    clock.advance(10_000);
    const second = ask(bridge, session, 'second');
    while (session.budget().rounds > 1) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(20_000);
    // The stopped provider ignores its signal; after its grace the reservation is charged.
    while (clock.pending() < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
    expect((await first).body).toMatchObject({ error: 'Sampling timed out after 30000 ms', code: 'timeout' });
    expect(limiter.spent('e')).toEqual({ rounds: 1, tokens: 1_000 });
    expect((await second).body).toMatchObject({ error: 'Token budget exceeded: 1000/1000 tokens used' });
    expect(limiter.open()).toBe(0);
  });

  it('refuses without waiting where even all reservations in flight would not make room', async () => {
    const gate = deferred<ProviderResult>();
    const started = deferred();
    const provider = fakeProvider(() => {
      started.resolve();
      return gate.promise;
    });
    bridge = await startBridge({ provider, limiter: createLedger(), estimatePromptTokens: ({ messages }) => messages[0]?.content.length ?? 0 });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 1_000 } });
    const first = ask(bridge, session, 'x', { maxTokens: 500 });
    await started.promise;
    expect((await ask(bridge, session, 'y'.repeat(950))).body.code).toBe('token_budget');
    gate.resolve(result('ok'));
    await first;
  });

  it('needs a limiter for limits, whole numbers for both, and runs unlimited without', async () => {
    bridge = await startBridge({ provider: createEchoProvider() });
    expect(() => bridge.openSession({ executionId: 'e', limits: { rounds: 1, tokens: 1 } })).toThrow(/limits \{rounds: 1, tokens: 1\} need a limiter/);
    const session = bridge.openSession({ executionId: 'e' });
    expect((await ask(bridge, session, 'hi')).body.budget).toEqual({ sequence: 0, rounds: null, tokens: null });
    await bridge.close();
    bridge = await startBridge({ limiter: createLedger() });
    for (const rounds of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => bridge.openSession({ executionId: 'e', limits: { rounds, tokens: 1 } })).toThrow(/limits\.rounds must be a whole number/);
    }
  });

  it('costs nothing where a provider proves that it did no work, except the round', async () => {
    const limiter = createLedger();
    bridge = await startBridge({ provider: fakeProvider(() => { throw createProviderFailure('busy', { status: 529 }); }), limiter });
    const session = bridge.openSession({ executionId: 'e', limits: { rounds: 3, tokens: 5_000 } });
    expect((await ask(bridge, session, 'hi')).body.code).toBe('overloaded');
    expect(limiter.spent('e')).toEqual({ rounds: 1, tokens: 0 });
  });
});
