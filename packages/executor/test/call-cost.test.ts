import { createServer } from 'node:net';
import { estimatePromptTokens } from '@code-executor/bridge-core';
import type { Behaviour } from '@code-executor/fake-anthropic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type World } from './support.ts';

/** How a call can fail, what the program reads, and what it costs: nothing, the reservation, or what was reported. */
const FAILURES: Record<string, { behaviour: Behaviour; code: string; tokens: 'none' | 'reserved' | number; requests?: number; stream?: true }> = {
  'status 500': { behaviour: { kind: 'error', status: 500 }, code: 'provider_unavailable', tokens: 'reserved' },
  'status 529, three times': { behaviour: { kind: 'error', status: 529, headers: { 'retry-after-ms': '1' } }, code: 'overloaded', tokens: 'none', requests: 3 },
  'status 429, three times': { behaviour: { kind: 'error', status: 429, headers: { 'retry-after-ms': '1' } }, code: 'provider_rate_limited', tokens: 'none', requests: 3 },
  'status 400': { behaviour: { kind: 'error', status: 400 }, code: 'provider_bad_request', tokens: 'none' },
  'status 401': { behaviour: { kind: 'error', status: 401 }, code: 'provider_auth', tokens: 'none' },
  'a connection reset before the answer': { behaviour: { kind: 'reset' }, code: 'provider_unavailable', tokens: 'reserved' },
  'a connection reset within the answer': { behaviour: { kind: 'half' }, code: 'provider_unavailable', tokens: 'reserved' },
  'an answer that is no message': { behaviour: { kind: 'raw', body: '{"hello":1}' }, code: 'provider_unavailable', tokens: 'reserved' },
  'an answer that is no JSON': { behaviour: { kind: 'raw', body: '<html>' }, code: 'provider_unavailable', tokens: 'reserved' },
  'a stream reset after its usage': {
    behaviour: { kind: 'answer', pieces: ['so ', 'far'], usage: { input_tokens: 40, output_tokens: 35 }, breakOff: 'reset' },
    code: 'provider_unavailable',
    tokens: 41,
    stream: true,
  },
  'a stream that ends early': {
    behaviour: { kind: 'answer', pieces: ['so ', 'far'], usage: { input_tokens: 40, output_tokens: 35 }, breakOff: 'end' },
    code: 'provider_unavailable',
    tokens: 41,
    stream: true,
  },
  'a stream that breaks off with an error': {
    behaviour: { kind: 'answer', pieces: ['so ', 'far'], usage: null, breakOff: 'error' },
    code: 'overloaded',
    tokens: 'reserved',
    stream: true,
  },
};

/** What is reserved for the question that every test here asks. */
const RESERVED = estimatePromptTokens({ systemPrompt: '', messages: [{ role: 'user', content: 'question' }] }) + 200;

let world: World & AsyncDisposable;
beforeAll(async () => void (world = await openWorld({ endsWithTest: false })));
afterAll(() => world[Symbol.asyncDispose]());

const ASK = `await llm.ask('question', { maxTokens: 200 });`;
const STREAM = `for await (const _ of llm.stream('question', { maxTokens: 200 }));`;

/** The one sampling record of an execution. */
function recordOf(world: World, executionId: string): Record<string, unknown> | undefined {
  const records = world.records().filter((record) => record['executionId'] === executionId && record['kind'] === 'sampling');
  expect(records).toHaveLength(1);
  return records[0];
}

test.each(Object.entries(FAILURES))('%s costs its round and its tokens by the rules', async (_, { behaviour, code, tokens, requests = 1, stream }) => {
  const before = world.api.requests.length;
  world.api.script(() => behaviour);
  const result = await world.typescript(stream ? STREAM : ASK);
  const cost = tokens === 'none' ? 0 : tokens === 'reserved' ? RESERVED : tokens;
  expect(result.error).toMatchObject({ kind: 'exception', code });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, totalTokens: cost, quotaRemaining: { rounds: 9, tokens: 10_000 - cost } });
  expect(result.samplingCalls).toMatchObject([{ response: '', tokensUsed: cost, error: { code } }]);
  expect(world.api.requests.length - before).toBe(requests);
  expect(recordOf(world, result.executionId)).toMatchObject({ round: 1, tokensUsed: cost, status: 'error', errorCode: code });
});

test('an API that is overloaded at first is asked again, for one round and one price', async () => {
  let refusals = 2;
  world.api.script(() => (refusals-- > 0 ? { kind: 'error', status: 529, headers: { 'retry-after-ms': '1' } } : { kind: 'answer', usage: { input_tokens: 40, output_tokens: 35 } }));
  const result = await world.typescript(ASK);
  expect(result).toMatchObject({ success: true, samplingMetrics: { totalRounds: 1, totalTokens: 75 } });
});

test('an answer without usage costs what was reserved', async () => {
  world.api.script(() => ({ kind: 'answer', usage: null }));
  const result = await world.typescript(ASK);
  expect(result).toMatchObject({ success: true, samplingMetrics: { totalRounds: 1, totalTokens: RESERVED } });
});

test('a refused connection costs its round and no token', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => void closed.close(resolve));
  const elsewhere = await openWorld({ env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } });
  const result = await elsewhere.typescript(ASK);
  expect(result.error).toMatchObject({ code: 'provider_unavailable' });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, totalTokens: 0 });
  expect(recordOf(elsewhere, result.executionId)).toMatchObject({ round: 1, tokensUsed: 0, errorCode: 'provider_unavailable' });
});

test('a call that times out costs what was reserved, and the request is ended', async () => {
  const gone = world.api.abandoned();
  world.api.script(() => ({ kind: 'silence' }));
  const result = await world.typescript(ASK, { samplingTimeoutMs: 1_000 });
  expect(result.error).toMatchObject({ code: 'timeout', message: 'Sampling timed out after 1000 ms' });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, totalTokens: RESERVED });
  expect(recordOf(world, result.executionId)).toMatchObject({ round: 1, tokensUsed: RESERVED, errorCode: 'timeout' });
  await world.api.abandonment(gone + 1);
});

test('a call that the end of its execution cuts short costs what was reserved, and the request is ended', async () => {
  const gone = world.api.abandoned();
  world.api.script(() => ({ kind: 'silence' }));
  const result = await world.typescript(ASK, { timeoutMs: 3_000 });
  expect(result.error).toMatchObject({ kind: 'timeout', message: 'Execution timed out after 3000 ms' });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, totalTokens: RESERVED });
  expect(recordOf(world, result.executionId)).toMatchObject({ round: 1, tokensUsed: RESERVED, status: 'error' });
  await world.api.abandonment(gone + 1);
});

test('a stream that the program leaves costs what was reported, and the request is ended', async () => {
  const gone = world.api.abandoned();
  world.api.script(() => ({ kind: 'answer', pieces: ['A first sentence. ', 'And a second one. ', 'And a third. '], usage: { input_tokens: 40, output_tokens: 35 }, breakOff: 'silence' }));
  const result = await world.typescript(`for await (const _ of llm.stream('question', { maxTokens: 200 })) break; console.log('left');`);
  expect(result).toMatchObject({ success: true, output: 'left\n', samplingMetrics: { totalRounds: 1, totalTokens: 41 } });
  await world.api.abandonment(gone + 1);
});
