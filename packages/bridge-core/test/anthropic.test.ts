import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnthropicProvider, type Provider, type ProviderRequest, type ProviderResult, systemClock } from '../src/index.ts';
import { type Behaviour, type FakeAnthropic, startFakeAnthropic } from '@code-executor/fake-anthropic';
import { manualClock } from './harness.ts';

const REQUEST: ProviderRequest = { model: 'claude-sonnet-5-5', maxTokens: 100, systemPrompt: 'Be brief', messages: [{ role: 'user', content: 'hello' }] };
/** Waits are skipped: every timer fires at once. */
const hurried = { now: systemClock.now, after: (_ms: number, fn: () => void) => systemClock.after(0, fn) };

describe('the Anthropic provider', () => {
  let api: FakeAnthropic;
  let lines: string[];
  let provider: Provider;
  const make = (options: Partial<Parameters<typeof createAnthropicProvider>[0]> = {}): Provider =>
    createAnthropicProvider({ apiKey: api.apiKey, baseUrl: api.url, log: (line) => lines.push(line), clock: hurried, ...options });
  const complete = (of = provider, signal = new AbortController().signal, timeoutMs?: number): Promise<ProviderResult> =>
    of.complete(REQUEST, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const failure = (promise: Promise<unknown>): Promise<Record<string, unknown>> => promise.then(() => { throw new Error('it did not fail'); }, (error: unknown) => error as Record<string, unknown>);
  const stream = async (signal = new AbortController().signal, onText: (text: string) => void = () => undefined): Promise<ProviderResult | undefined> => {
    for await (const item of provider.stream?.(REQUEST, { signal }) ?? []) {
      if ('done' in item) return item.done;
      onText(item.text);
    }
    return undefined;
  };

  beforeEach(async () => {
    lines = [];
    api = await startFakeAnthropic();
    provider = make();
  });
  afterEach(() => api.close());

  it('sends what the API accepts and reads all four kinds of tokens', async () => {
    const usage = { input_tokens: 1, output_tokens: 2, cache_creation_input_tokens: 4, cache_read_input_tokens: 8 };
    api.script(() => ({ kind: 'answer', text: 'hi', usage }));
    expect(await complete()).toEqual({ text: 'hi', model: 'claude-sonnet-5-5', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 2, cacheCreationInputTokens: 4, cacheReadInputTokens: 8 } });
    expect(api.requests).toEqual([{ model: 'claude-sonnet-5-5', max_tokens: 100, system: 'Be brief', messages: REQUEST.messages, stream: false }]);
    await provider.complete({ ...REQUEST, systemPrompt: '' }, { signal: new AbortController().signal });
    expect(api.refused).toEqual([]);
  });

  it('takes a base URL with and without /v1 and slashes', async () => {
    for (const end of ['', '/', '/v1', '/v1/', '//']) expect((await complete(make({ baseUrl: api.url + end }))).text).toBe('Echo: hello');
  });

  it('streams, and reports the same as a whole answer', async () => {
    const texts: string[] = [];
    const whole = await complete();
    expect(await stream(undefined, (text) => texts.push(text))).toEqual(whole);
    expect(texts.join('')).toBe(whole.text);
  });

  it('counts tokens exactly, and says so where it cannot', async () => {
    expect(await provider.countTokens?.(REQUEST, { signal: new AbortController().signal })).toBe(7);
    await expect(make({ apiKey: 'wrong' }).countTokens?.(REQUEST, { signal: new AbortController().signal })).rejects.toMatchObject({ kind: 'provider_auth' });
  });

  it.each([429, 529])('tries again twice after %i, within one call, and no more', async (status) => {
    const behaviours: Behaviour[] = [{ kind: 'error', status }, { kind: 'error', status, headers: { 'retry-after': '1' } }, { kind: 'answer', text: 'at last' }];
    api.script((_request, ordinal) => behaviours[ordinal - 1] ?? { kind: 'error', status });
    expect((await complete()).text).toBe('at last');
    expect(await failure(complete())).toMatchObject({ status, kind: status === 429 ? 'provider_rate_limited' : 'overloaded' });
    expect(api.requests).toHaveLength(6);
    expect(await failure(stream())).toMatchObject({ status });
    expect(api.requests).toHaveLength(9);
  });

  it('does not try again after 500, a reset, a refusal or an answer that cannot be read', async () => {
    const cases: [Behaviour, object][] = [
      [{ kind: 'error', status: 500 }, { status: 500, kind: 'provider_unavailable' }],
      [{ kind: 'error', status: 400, type: 'invalid_request_error' }, { status: 400, kind: 'provider_bad_request' }],
      [{ kind: 'error', status: 401, type: 'authentication_error' }, { status: 401, kind: 'provider_auth' }],
      [{ kind: 'error', status: 403, type: 'permission_error' }, { status: 403, kind: 'provider_auth' }],
      [{ kind: 'reset' }, { kind: 'provider_unavailable' }],
      [{ kind: 'raw', body: '{"type":"mess' }, { kind: 'provider_unavailable' }],
      [{ kind: 'raw', body: '{"type":"error","error":{"type":"api_error","message":"inside"}}' }, { kind: 'provider_unavailable', message: 'inside' }],
      [{ kind: 'raw', body: '[]' }, { kind: 'provider_unavailable' }],
      [{ kind: 'raw', body: '<html>', contentType: 'text/html' }, { kind: 'provider_unavailable' }],
    ];
    for (const [behaviour, expected] of cases) {
      api.script(() => behaviour);
      const before = api.requests.length;
      expect(await failure(complete())).toMatchObject(expected);
      expect(api.requests.length - before).toBe(1);
    }
  });

  it('proves a refused connection, and only that, as no work done', async () => {
    const gone = await startFakeAnthropic();
    await gone.close();
    expect(await failure(complete(make({ baseUrl: gone.url })))).toMatchObject({ code: 'ECONNREFUSED', kind: 'provider_unavailable' });
    api.script(() => ({ kind: 'reset' }));
    const reset = await failure(complete());
    expect([reset['code'], reset['status'], reset['usage']]).toEqual([undefined, undefined, undefined]);
  });

  it('ends with its signal, at once', async () => {
    const controller = new AbortController();
    api.script(() => {
      controller.abort();
      return { kind: 'silence' };
    });
    expect(await failure(complete(provider, controller.signal))).toMatchObject({ kind: 'provider_unavailable' });
  });

  it('does not begin a pause that would outlast the deadline', async () => {
    const clock = manualClock();
    api.script(() => ({ kind: 'error', status: 429, headers: { 'retry-after': '60' } }));
    expect(await failure(complete(make({ clock }), undefined, 30_000))).toMatchObject({ status: 429, retryAfterMs: 60_000 });
    expect(api.requests).toHaveLength(1);
  });

  it('ends a pause with the signal, still knowing that nothing was done', async () => {
    const controller = new AbortController();
    const clock = { ...manualClock(), after: () => { controller.abort(); return () => undefined; } };
    api.script(() => ({ kind: 'error', status: 529 }));
    expect(await failure(complete(make({ clock }), controller.signal))).toMatchObject({ status: 529 });
  });

  it.each(['reset', 'end', 'error'] as const)('keeps what a stream reported before it broke off (%s)', async (breakOff) => {
    api.script(() => ({ kind: 'answer', pieces: ['some ', 'text'], usage: { input_tokens: 9, output_tokens: 5 }, breakOff }));
    const texts: string[] = [];
    const broken = await failure(stream(undefined, (text) => texts.push(text)));
    expect(broken).toMatchObject({ usage: { inputTokens: 9, outputTokens: 1 }, kind: breakOff === 'error' ? 'overloaded' : 'provider_unavailable' });
    expect(broken['status']).toBeUndefined();
    expect(texts.join('')).toBe('some text');
    expect(api.requests).toHaveLength(1);
  });

  it('keeps what a silent stream reported when it is stopped', async () => {
    api.script(() => ({ kind: 'answer', pieces: ['some'], usage: { input_tokens: 9, output_tokens: 5 }, breakOff: 'silence' }));
    const controller = new AbortController();
    expect(await failure(stream(controller.signal, () => controller.abort()))).toMatchObject({ usage: { inputTokens: 9, outputTokens: 1 } });
  });

  it('has no usage where the API reports none', async () => {
    api.script(() => ({ kind: 'answer', text: 'x', usage: null }));
    expect((await complete()).usage).toBeUndefined();
  });

  it('never shows the key: not in errors, not in log lines, not of a key that cannot be sent', async () => {
    api.script(() => ({ kind: 'error', status: 401, type: 'authentication_error', message: `bad key ${api.apiKey}` }));
    expect((await failure(complete()))['message']).toBe('The model provider refused our credentials');
    expect(JSON.stringify(lines)).not.toContain(api.apiKey);
    expect(() => make({ apiKey: `${api.apiKey}\nX` })).toThrow(/^apiKey holds characters/);
    expect(() => make({ apiKey: '  ' })).toThrow(/^apiKey is empty/);
    expect((await complete(make({ apiKey: ` ${api.apiKey}\n` })).catch((error: Error) => error.message))).toBe('The model provider refused our credentials');
  });

  it('never shows a key that the upstream echoes: not in answers, not in names, not in streams cut anywhere, not in errors in any form', async () => {
    const forms = [api.apiKey, api.apiKey.toUpperCase(), Buffer.from(api.apiKey).toString('base64'), Buffer.from(api.apiKey).toString('base64url'), encodeURIComponent(api.apiKey)];
    const echoed = `[${forms.join('] [')}]`;
    const clean = `[${forms.map(() => '[REDACTED_SECRET]').join('] [')}]`;
    api.script(() => ({ kind: 'answer', text: echoed, pieces: echoed.match(/.{1,7}/g) ?? [], model: `m-${api.apiKey}`, stopReason: api.apiKey }));
    expect(await complete()).toMatchObject({ text: clean, model: 'm-[REDACTED_SECRET]', stopReason: '[REDACTED_SECRET]' });
    const texts: string[] = [];
    expect((await stream(undefined, (text) => texts.push(text)))?.text).toBe(clean);
    expect(texts.join('')).toBe(clean);
    for (const behaviour of [{ kind: 'error', status: 400, message: echoed }, { kind: 'raw', body: JSON.stringify({ error: { message: echoed } }) }] as const) {
      api.script(() => behaviour);
      const message = String((await failure(complete()))['message']);
      expect(message).toContain(clean);
      for (const form of forms) expect(message).not.toContain(form);
    }
  });

  it('loses nothing that was held back where a stream breaks off, nor at its end', async () => {
    const begin = api.apiKey.slice(0, 6);
    for (const breakOff of ['error', 'reset', 'end', undefined] as const) {
      api.script(() => ({ kind: 'answer', pieces: ['so far ', begin], ...(breakOff ? { breakOff } : {}) }));
      const texts: string[] = [];
      await stream(undefined, (text) => texts.push(text)).catch(() => undefined);
      expect(texts.join('')).toBe(`so far ${begin}`);
    }
  });

  it('refuses base URLs that are none', () => {
    for (const baseUrl of ['', 'api.anthropic.com', 'ftp://x', 'http://x/?y', 'http://x/#y']) expect(() => make({ baseUrl })).toThrow(/^baseUrl must be an http or https URL/);
    expect(() => make({ baseUrl: 'http://me:hidden@x' })).toThrow(/got one with a user$/);
    expect(() => make({ maxRetries: 3 })).toThrow('maxRetries must be a whole number from 0 to 2, got 3');
  });
});
