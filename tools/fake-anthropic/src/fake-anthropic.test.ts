import { expect, onTestFinished, test } from 'vitest';
import { startFakeAnthropic, tokensIn, type FakeAnthropic } from './index.ts';

async function start(): Promise<FakeAnthropic> {
  const api = await startFakeAnthropic();
  onTestFinished(() => api.close());
  return api;
}

const hello = { model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

function post(api: FakeAnthropic, body: unknown, headers: Record<string, string> = {}, path = '/v1/messages'): Promise<Response> {
  return fetch(api.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.apiKey}`, 'anthropic-version': '2023-06-01', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

test('a request is answered by its last message and with its usage', async () => {
  const api = await start();
  const answer = await (await post(api, hello)).json();
  expect(answer).toMatchObject({ content: [{ type: 'text', text: 'Echo: Hello' }], stop_reason: 'end_turn', usage: { input_tokens: tokensIn(hello), output_tokens: 3 } });
  expect(api.reportedTokens()).toBe(tokensIn(hello) + 3);
  expect(api.requests).toEqual([hello]);
});

test('an answer longer than max_tokens is cut and says so', async () => {
  const api = await start();
  const answer = await (await post(api, { ...hello, max_tokens: 1 })).json();
  expect(answer).toMatchObject({ content: [{ text: 'Echo' }], stop_reason: 'max_tokens', usage: { output_tokens: 1 } });
});

test('a stream carries the same text and usage as the whole answer', async () => {
  const api = await start();
  const events = (await (await post(api, { ...hello, stream: true })).text()).split('\n\n').filter((part) => part !== '');
  expect(events.map((part) => part.split('\n')[0])).toEqual(
    ['message_start', 'content_block_start', 'ping', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop'].map((name) => `event: ${name}`),
  );
  expect(api.reportedTokens()).toBe(tokensIn(hello) + 3);
});

test.each<[string, object, Record<string, string>, number]>([
  ['a wrong key', hello, { authorization: 'Bearer nobody' }, 401],
  ['no version', hello, { 'anthropic-version': '' }, 400],
  ['another content type', hello, { 'content-type': 'text/plain' }, 400],
  ['an unknown model', { ...hello, model: 'claude-0' }, {}, 404],
  ['an unknown key', { ...hello, temperature: 1 }, {}, 400],
  ['max_tokens 0', { ...hello, max_tokens: 0 }, {}, 400],
  ['no message', { ...hello, messages: [] }, {}, 400],
  ['an empty message', { ...hello, messages: [{ role: 'user', content: '' }] }, {}, 400],
  ['a system message', { ...hello, messages: [{ role: 'system', content: 'x' }] }, {}, 400],
  ['an empty system text', { ...hello, system: '' }, {}, 400],
])('%s is refused and counted nowhere', async (_, body, headers, status) => {
  const api = await start();
  const response = await post(api, body, headers);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ type: 'error', error: { message: api.refused[0] } });
  expect(api.requests).toEqual([]);
  expect(api.reportedTokens()).toBe(0);
});

test('the key may come as x-api-key too', async () => {
  const api = await start();
  const response = await fetch(`${api.url}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'x-api-key': api.apiKey, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model: hello.model, messages: hello.messages }),
  });
  expect(await response.json()).toEqual({ input_tokens: tokensIn(hello) });
  expect(api.counts).toHaveLength(1);
});

test.each(['reset', 'half'] as const)('%s ends the connection within the answer', async (kind) => {
  const api = await start();
  api.script(() => ({ kind }));
  await expect(post(api, hello).then((response) => response.text())).rejects.toThrow(/fetch failed|terminated/);
  await api.abandonment(1);
  expect(api.abandoned()).toBe(1);
});

test('a request that nobody answers is counted when its client leaves', async () => {
  const api = await start();
  api.script(() => ({ kind: 'silence' }));
  const aborter = new AbortController();
  const call = fetch(`${api.url}/v1/messages`, {
    method: 'POST',
    signal: aborter.signal,
    headers: { authorization: `Bearer ${api.apiKey}`, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify(hello),
  });
  await api.arrival(1);
  aborter.abort();
  await expect(call).rejects.toThrow('aborted');
  await api.abandonment(1);
  expect(api.abandoned()).toBe(1);
});
