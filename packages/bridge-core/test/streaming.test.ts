import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, type BridgeOptions, createEchoProvider, createProviderFailure, type Provider, type ProviderResult, type Session, startBridge } from '../src/index.ts';
import { askStream, deferred, fakeProvider, memoryAudit, result, wordFilter } from './harness.ts';
import { createLedger } from './ledger.ts';
import { rawConnect, requestText } from './raw.ts';

/** A provider that streams these pieces, then does what `then` says. */
function pieces(texts: string[], then: () => { done: ProviderResult } | Promise<{ done: ProviderResult }>): Provider {
  return {
    name: 'pieces',
    complete: async () => (await then()).done,
    async *stream() {
      for (const text of texts) yield { text };
      yield await then();
    },
  };
}

const STREAM = JSON.stringify({ messages: [{ role: 'user', content: 'x' }], stream: true });

describe('streaming', () => {
  let bridge: Bridge;
  let session: Session;
  const open = async (options: BridgeOptions): Promise<void> => {
    bridge = await startBridge({ limiter: createLedger(), ...options });
    session = bridge.openSession({ executionId: 'e', limits: { rounds: 10, tokens: 100_000 } });
  };
  const textOf = (events: { event: string; data: Record<string, unknown> }[]): string => events.filter(({ event }) => event === 'delta').map(({ data }) => data['text']).join('');
  afterEach(() => bridge.close());

  it('sends deltas that join to the answer, then the same object as a whole call', async () => {
    await open({ provider: createEchoProvider() });
    const { status, events } = await askStream(bridge, session, 'hello');
    const done = events.at(-1);
    expect([status, done?.event]).toEqual([200, 'done']);
    expect(textOf(events)).toBe(done?.data['response']);
    expect(done?.data).toMatchObject({ model: 'echo', stopReason: 'end_turn', budget: { rounds: 9 } });
    expect(session.calls()[0]?.response).toBe(done?.data['response']);
  });

  it('gives one delta where the provider does not stream', async () => {
    await open({ provider: fakeProvider(() => result('whole')) });
    expect((await askStream(bridge, session, 'x')).events.map(({ event, data }) => [event, data['text'] ?? data['response']])).toEqual([['delta', 'whole'], ['done', 'whole']]);
  });

  it('takes a stream that says everything in its last item, and refuses pieces that are no text', async () => {
    await open({ provider: pieces([], () => ({ done: result('all at once') })) });
    expect((await askStream(bridge, session, 'x')).events.map(({ event, data }) => [event, data['text'] ?? data['response']])).toEqual([['delta', 'all at once'], ['done', 'all at once']]);
    await bridge.close();
    const wrong: Provider = { name: 'w', complete: async () => result(''), async *stream() { yield JSON.parse('{"text":5}') as { text: string }; } };
    await open({ provider: wrong });
    expect((await askStream(bridge, session, 'x')).events).toMatchObject([{ event: 'error', data: { code: 'provider_unavailable' } }]);
  });

  it('redacts what is split over pieces exactly as in the whole text', async () => {
    await open({ provider: pieces(['my SE', 'C', 'RET is PER', 'SON', ' and SEC'], () => ({ done: result('my SECRET is PERSON and SEC', 5, 5) })), filter: wordFilter(), audit: memoryAudit() });
    const { events } = await askStream(bridge, session, 'x');
    expect(textOf(events)).toBe('my [REDACTED_SECRET] is [REDACTED_PII] and SEC');
    expect(events.at(-1)?.data['response']).toBe('my [REDACTED_SECRET] is [REDACTED_PII] and SEC');
  });

  it('delivers in mode reject only what is whole and clean', async () => {
    const texts = [['a SE', 'CRET'], ['all', ' clean']];
    await open({ provider: { name: 'p', complete: async () => result((texts.shift() ?? []).join('')) }, filter: wordFilter(), contentFilterMode: 'reject' });
    const first = await askStream(bridge, session, 'x');
    expect(first.events).toMatchObject([{ event: 'error', data: { code: 'content_filter', error: 'Content filter violation: 1 secret detected' } }]);
    expect((await askStream(bridge, session, 'x')).events.map(({ event, data }) => [event, data['text'] ?? data['response']])).toEqual([['delta', 'all clean'], ['done', 'all clean']]);
  });

  it('answers with a status where our own steps refuse, and with an event where the provider fails', async () => {
    await open({ provider: pieces([], () => { throw createProviderFailure('busy', { status: 529 }); }) });
    const refused = await fetch(`${bridge.url}/sample`, { method: 'POST', headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ ...JSON.parse(STREAM), systemPrompt: 'evil' }) });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'system_prompt']);
    expect(await askStream(bridge, session, 'x')).toMatchObject({ status: 200, events: [{ event: 'error', data: { code: 'overloaded', budget: { rounds: 9 } } }] });
  });

  it('gives the text so far, held-back part included, before the error of a stream that breaks', async () => {
    const audit = memoryAudit();
    await open({ provider: pieces(['so far SE'], () => { throw createProviderFailure('gone', { usage: { inputTokens: 7, outputTokens: 1 } }); }), filter: wordFilter(), audit });
    const { events } = await askStream(bridge, session, 'x');
    expect(textOf(events)).toBe('so far SE');
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'provider_unavailable' } });
    expect(audit.entries[0]).toMatchObject({ status: 'error', errorCode: 'provider_unavailable', response: 'so far SE', tokensUsed: 8 });
    expect(session.calls()[0]).toMatchObject({ response: '', tokensUsed: 8, error: { code: 'provider_unavailable' } });
  });

  it('stops with an error, and shows nothing more, where the filter crashes in mid-stream', async () => {
    const closed = deferred();
    const provider: Provider = { name: 'p', complete: async () => result(''), async *stream() { try { for (;;) yield { text: 'SECRET' }; } finally { closed.resolve(); } } };
    const filter = { ...wordFilter(), createStream: () => ({ write: () => { throw new Error('crash'); }, end: () => 'SECRET' }) };
    await open({ provider, filter });
    const { events } = await askStream(bridge, session, 'x');
    expect(events).toMatchObject([{ event: 'error', data: { code: 'filter_failed' } }]);
    expect(JSON.stringify(events)).not.toContain('SECRET');
    await closed.promise;
  });

  it('aborts upstream when the client breaks off, and settles what was reported', async () => {
    const aborted = deferred();
    const audit = memoryAudit();
    const limiter = createLedger();
    const provider: Provider = {
      name: 'p',
      complete: async () => result(''),
      async *stream(_request, { signal }) {
        yield { text: 'first' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        aborted.resolve();
        throw createProviderFailure('aborted', { usage: { inputTokens: 30, outputTokens: 4 } });
      },
    };
    await open({ provider, limiter, audit });
    const client = await rawConnect(bridge.port, requestText(bridge.port, { headers: { Authorization: `Bearer ${session.token}` }, body: STREAM }));
    await client.until((text) => text.includes('first'));
    client.socket.destroy();
    await aborted.promise;
    await session.close();
    expect(limiter.spent('e')).toEqual({ rounds: 1, tokens: 34 });
    expect(audit.entries).toMatchObject([{ errorCode: 'cancelled', response: 'first', tokensUsed: 34 }]);
  });

  it('lets a slow client hold the provider back', async () => {
    let given = 0;
    const size = 256 * 1024;
    const provider: Provider = { name: 'p', complete: async () => result(''), async *stream() { for (; given < 400; given++) yield { text: 'x'.repeat(size) }; yield { done: result('') }; } };
    await open({ provider, timeoutPerCallMs: 3_600_000 });
    const client = await rawConnect(bridge.port, requestText(bridge.port, { headers: { Authorization: `Bearer ${session.token}` }, body: STREAM }));
    client.socket.pause();
    // Stalled: many turns of the event loop without another piece.
    for (let calm = 0, before = 0; calm < 500; calm = given === before && given > 0 ? calm + 1 : 0) {
      before = given;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(given).toBeLessThan(400);
    client.socket.destroy();
  });

  it('sends the final event only after the audit entry is kept', async () => {
    const gate = deferred();
    let sawDone = false;
    await open({ provider: createEchoProvider(), audit: { append: () => gate.promise } });
    const client = await rawConnect(bridge.port, requestText(bridge.port, { headers: { Authorization: `Bearer ${session.token}` }, body: STREAM }));
    const received = await client.until((text) => text.includes('You asked'));
    sawDone = received.includes('event: done');
    gate.resolve();
    expect(await client.until((text) => text.includes('event: done'))).toContain('event: done');
    expect(sawDone).toBe(false);
    client.socket.destroy();
  });

  it('ends with an error where the audit entry cannot be kept', async () => {
    await open({ provider: createEchoProvider(), audit: { append: async () => { throw new Error('disk full'); } } });
    expect((await askStream(bridge, session, 'x')).events.at(-1)).toMatchObject({ event: 'error', data: { code: 'audit_unavailable' } });
  });
});
