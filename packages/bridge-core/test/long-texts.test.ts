import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { redactPaced, SLICE_CHARACTERS, WHOLE_CHARACTERS } from '../src/pipeline/redact.ts';
import { Pace, TURN_CHARACTERS } from '../src/session/pace.ts';
import { CallScope } from '../src/session/scope.ts';
import { type Bridge, type BridgeOptions, type FilterPort, type FilterStream, type Session, startBridge, systemClock, type Violation } from '../src/index.ts';
import { ask, askStream, deferred, fakeProvider, post, result, wordFilter } from './harness.ts';
import { createLedger } from './ledger.ts';

/** {@link wordFilter} with a stream that counts, and everything it was given; `onWork` runs with the length of each text. */
function countingFilter(onWork: (characters: number) => void = () => undefined): FilterPort {
  const words = wordFilter();
  const redact: FilterPort['redact'] = (text) => {
    onWork(text.length);
    return words.redact(text);
  };
  const createStream = (): FilterStream => {
    const stream = words.createStream();
    let shown = '';
    const keep = (piece: string): string => {
      shown += piece;
      return piece;
    };
    const found = (): Violation[] =>
      [['secret', 'word_secret', '[REDACTED_SECRET]'] as const, ['pii', 'word_person', '[REDACTED_PII]'] as const]
        .map(([type, pattern, placeholder]) => ({ type, pattern, count: shown.split(placeholder).length - 1 }))
        .filter(({ count }) => count > 0);
    return { write: (chunk) => { onWork(chunk.length); return keep(stream.write(chunk)); }, end: () => keep(stream.end()), violations: found };
  };
  return { redact, createStream };
}

/** Counts the characters that are worked on in each turn of the event loop. */
function turnMeter(): { work: (characters: number) => void; most: () => number; total: () => number; stop: () => void } {
  let now = 0;
  let most = 0;
  let total = 0;
  let turn = setImmediate(function next() {
    now = 0;
    turn = setImmediate(next);
  });
  const work = (characters: number): void => {
    total += characters;
    most = Math.max(most, (now += characters));
  };
  return { work, most: () => most, total: () => total, stop: () => clearImmediate(turn) };
}

describe('long texts', () => {
  let bridge: Bridge | undefined;
  let session: Session;
  const open = async (options: BridgeOptions, tokens?: number): Promise<Bridge> => {
    bridge = await startBridge({ limiter: createLedger(), ...options });
    session = bridge.openSession({ executionId: 'e', ...(tokens === undefined ? {} : { limits: { rounds: 100, tokens } }), tools: { call: async () => 'ok', list: async () => [] } });
    return bridge;
  };
  afterEach(() => bridge?.close());

  it('are filtered in slices to what the whole gives, whatever stands at the borders', async () => {
    const filter = countingFilter();
    const rule = asyncProperty(array(constantFrom('SECRET', 'PERSON', 'SEC', '😀', ' word'), { minLength: 3, maxLength: 12 }), integer({ min: 0, max: 8 }), async (words, shift) => {
      const unit = words.join('');
      const text = 'x'.repeat(shift) + unit.repeat(Math.ceil((WHOLE_CHARACTERS + SLICE_CHARACTERS) / unit.length));
      expect(await redactPaced(filter, text, new Pace())).toEqual(filter.redact(text));
    });
    await assert(rule, { seed: 12, numRuns: 40 });
  });

  it('of a filter whose stream does not count are filtered whole, and crashes pass nothing on', async () => {
    const long = 'SECRET '.repeat(20_000);
    expect(await redactPaced(wordFilter(), long, new Pace())).toEqual(wordFilter().redact(long));
    const crash = (): never => { throw new Error('broken'); };
    const streams: FilterStream[] = [{ write: crash, end: () => '', violations: () => [] }, { write: () => '', end: crash, violations: () => [] }, { write: () => '', end: () => '', violations: crash }];
    for (const stream of streams) await expect(redactPaced({ redact: crash, createStream: () => stream }, long, new Pace())).rejects.toMatchObject({ code: 'filter_failed' });
  });

  it('stop being filtered when the call is stopped', async () => {
    const scope = new CallScope(systemClock, undefined);
    let seen = 0;
    const filter = countingFilter((characters) => {
      seen += characters;
      scope.stop('client_gone');
    });
    await expect(redactPaced(filter, 'x'.repeat(1_000_000), new Pace(), scope)).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toBe(SLICE_CHARACTERS);
  });

  it('hold the event loop for no more than a turn, prompts, answers, tool results and records together, however many calls run', async () => {
    const meter = turnMeter();
    const filter = countingFilter(meter.work);
    const long = `SECRET ${'word '.repeat(40_000)}`;
    const at = await open({ provider: fakeProvider(() => result(long)), filter, secretsFilter: filter });
    const replies = await Promise.all(Array.from({ length: 4 }, (_, i) => ask(at, session, long + i)));
    const streamed = await askStream(at, session, long);
    const echo = at.openSession({ executionId: 't', filterToolResults: 'all', tools: { call: async () => ({ list: Array.from({ length: 40 }, () => long.slice(0, 20_000)), long }), list: async () => [] } });
    expect((await post(at, echo, '/tools/call', { name: 't' })).status).toBe(200);
    meter.stop();
    const shown = wordFilter().redact(long).text;
    expect([...replies.map(({ body }) => body.response), streamed.events.at(-1)?.data['response']].map((response) => response === shown)).toEqual([true, true, true, true, true]);
    expect(meter.total()).toBeGreaterThan(15 * long.length);
    // The end of one turn and two more may fall between two beats of the meter, which has no say in the order.
    expect(meter.most()).toBeLessThanOrEqual(3 * TURN_CHARACTERS);
  });

  it('are refused beyond maxPromptBytes, while tools keep their own limit', async () => {
    const at = await open({ provider: fakeProvider(() => result('ok')) });
    expect(await ask(at, session, 'x'.repeat(1024 * 1024))).toMatchObject({ status: 413, body: { code: 'body_too_large', error: 'The body is larger than 1048576 bytes' } });
    expect((await ask(at, session, 'x'.repeat(1024 * 1024 - 200))).status).toBe(200);
    expect((await post(at, session, '/tools/call', { name: 't', arguments: { text: 'x'.repeat(2 * 1024 * 1024) } })).status).toBe(200);
    for (const maxPromptBytes of [1_023, 67_108_865, 1.5]) await expect(startBridge({ maxPromptBytes })).rejects.toThrow(/^maxPromptBytes must be a whole number from 1024 to 67108864, got /);
  });

  it('are refused before any filter sees them where even the fewest tokens they can have do not fit', async () => {
    let seen = 0;
    const provider = fakeProvider(() => result('ok'));
    const filter = countingFilter((characters) => (seen += characters));
    const at = await open({ provider, filter, secretsFilter: filter }, 1_000);
    const refused = await ask(at, session, ['s', 'k', '-'].join('').repeat(12_000), { maxTokens: 1 });
    expect(refused).toMatchObject({ status: 429, body: { code: 'token_budget', error: 'Token budget exceeded: 0/1000 tokens used', quotaRemaining: { rounds: 100, tokens: 1_000 } } });
    // The model's name and the refusal are all that is filtered, for the record.
    expect([seen < 200, provider.requests.length, session.calls()[0]?.messages]).toEqual([true, 0, []]);
    const free = at.openSession({ executionId: 'free' });
    expect((await ask(at, free, 'x'.repeat(36_000), { maxTokens: 1 })).status).toBe(200);
  });

  it('wait for reservations in flight rather than being refused for them', async () => {
    const gate = deferred();
    const started = deferred();
    const provider = fakeProvider(async () => {
      started.resolve();
      await gate.promise;
      return result('ok');
    });
    const at = await open({ provider, estimatePromptTokens: ({ messages }) => Math.ceil((messages[0]?.content.length ?? 0) / 32) }, 2_000);
    const first = ask(at, session, 'x', { maxTokens: 1_900 });
    await started.promise;
    const second = ask(at, session, 'y'.repeat(32_000), { maxTokens: 64 });
    while (session.budget().rounds > 98) await new Promise((resolve) => setImmediate(resolve));
    expect((await ask(at, session, 'z'.repeat(64_000), { maxTokens: 64 })).body.code).toBe('token_budget');
    gate.resolve();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  it('wait as well for a reservation that the limiter has granted and the bridge does not hold yet', async () => {
    let asked = 0;
    const [granted, gate, second] = [deferred(), deferred(), deferred()];
    const pause = async (): Promise<void> => {
      asked++;
      // The account is read after the first call's tokens were granted: its sixth question.
      if (asked === 6) granted.resolve();
      if (asked === 6) await gate.promise;
      // The second call has read the account twice.
      if (asked === 9) second.resolve();
    };
    const estimate = ({ messages }: { messages: { content: string }[] }): number => Math.ceil((messages[0]?.content.length ?? 0) / 32);
    const at = await open({ provider: fakeProvider(() => result('ok')), limiter: createLedger({ pause }), estimatePromptTokens: estimate }, 2_000);
    const first = ask(at, session, 'x', { maxTokens: 1_900 });
    await granted.promise;
    const waiting = ask(at, session, 'y'.repeat(32_000), { maxTokens: 64 });
    await Promise.race([second.promise, waiting]);
    gate.resolve();
    expect([(await first).status, (await waiting).status]).toEqual([200, 200]);
  });

  it('of refused calls are recorded up to 4,096 characters, filtered, and not at all beyond', async () => {
    const at = await open({ provider: fakeProvider(() => result('ok')), filter: wordFilter() });
    await ask(at, session, 'SECRET'.padEnd(4_092, 'x'), { systemPrompt: 'evil' });
    await ask(at, session, 'SECRET'.padEnd(4_093, 'x'), { systemPrompt: 'evil' });
    expect(session.calls().map(({ messages }) => messages.map(({ content }) => content.slice(0, 20)))).toEqual([['evil', '[REDACTED_SECRET]xxx'], []]);
  });

  it('are not recorded beyond what a session keeps, with a warning, and not filtered for it', async () => {
    const at = await open({ provider: fakeProvider(() => result('ok')), filter: wordFilter() });
    for (const length of [200_000, 200_000, 10]) await ask(at, session, 'x'.repeat(length));
    expect(session.calls().map(({ messages, response }) => [messages[0]?.content.length, response])).toEqual([[200_000, 'ok'], [undefined, ''], [10, 'ok']]);
    expect(session.warnings().map(({ code }) => code)).toEqual(['calls_truncated']);
    expect(session.metrics().totalRounds).toBe(3);
  });
});
