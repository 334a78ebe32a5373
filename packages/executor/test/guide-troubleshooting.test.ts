import { createServer } from 'node:http';
import { startBridge } from '@code-executor/bridge-core';
import { createRateLimiter } from '@code-executor/rate-limiter';
import { expect, onTestFinished, test } from 'vitest';
import { FAKE, openWorld } from './support.ts';

const thousand = () => ({ kind: 'answer' as const, text: 'x', usage: { input_tokens: 500, output_tokens: 500 } });

/** What a program sees of an error, in the order in which a reader would ask. */
const CAUGHT = `
  async function caught(work: () => Promise<unknown>) {
    try {
      await work();
      console.log('nothing was thrown');
    } catch (error) {
      const { name, message, code, quotaRemaining } = error as Error & { code: string; quotaRemaining?: object };
      console.log(JSON.stringify({ isError: error instanceof Error, name, message, code, ...(quotaRemaining && { quotaRemaining }) }));
    }
  }
`;

const seen = (output: string): Record<string, unknown>[] => output.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

test('sampling that is not enabled', async () => {
  const world = await openWorld({ config: { sampling: { enabled: false } } });
  const result = await world.typescript(`${CAUGHT} await caught(() => llm.ask('x')); await caught(async () => { for await (const _ of llm.stream('x')); });`);
  const expected = { isError: true, name: 'BridgeError', message: 'Sampling not enabled. Pass enableSampling: true', code: 'sampling_disabled' };
  expect(seen(result.output)).toEqual([expected, expected]);
  expect(result).not.toHaveProperty('samplingCalls');
  expect(result).not.toHaveProperty('samplingMetrics');
});

test('an endless loop meets the round limit, a bounded one does not', async () => {
  const world = await openWorld();
  const bad = await world.typescript(`
    // BAD: Infinite loop
    while (true) {
      await llm.ask("What is 2+2?");
    }
  `);
  expect(bad.error).toMatchObject({ kind: 'exception', message: 'Rate limit exceeded: 10/10 rounds used', code: 'rate_limited', quotaRemaining: { rounds: 0 } });
  expect(bad.samplingMetrics?.totalRounds).toBe(10);
  const good = await world.typescript(`
    // GOOD: Bounded loop
    for (let i = 0; i < 5; i++) {
      await llm.ask(\`Question \${i}\`);
    }
  `);
  expect(good).toMatchObject({ success: true, samplingMetrics: { totalRounds: 5 } });
});

test('the error of an exceeded quota says what is left, and the program goes on', async () => {
  const world = await openWorld({ script: () => ({ kind: 'answer', text: 'x', usage: { input_tokens: 250, output_tokens: 250 } }) });
  const result = await world.typescript(`${CAUGHT}
    for (let i = 0; i < 10; i++) await llm.ask(String(i));
    await caught(() => llm.ask('one more'));
    await caught(() => llm.ask('and another'));
    console.log(JSON.stringify(llm.budget()));
  `);
  const refusal = { isError: true, name: 'BridgeError', message: 'Rate limit exceeded: 10/10 rounds used', code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 5000 } };
  expect(seen(result.output)).toEqual([refusal, refusal, { rounds: 0, tokens: 5000 }]);
  expect(result.success).toBe(true);
});

test('over HTTP the same refusal is status 429 with what remains', async () => {
  const answer = { text: 'x', model: 'claude-sonnet-5-5', stopReason: 'end_turn', usage: { inputTokens: 250, outputTokens: 250 } };
  const bridge = await startBridge({ provider: { name: 'fixed', complete: async () => answer }, limiter: createRateLimiter() });
  onTestFinished(() => bridge.close());
  const { token } = bridge.openSession({ executionId: 'http', limits: { rounds: 10, tokens: 10_000 } });
  const ask = (): Promise<Response> =>
    fetch(`${bridge.url}/sample`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'x' }] }),
    });
  for (let round = 1; round <= 10; round++) expect((await ask()).status).toBe(200);
  const refusal = await ask();
  expect(refusal.status).toBe(429);
  expect(await refusal.json()).toMatchObject({ error: 'Rate limit exceeded: 10/10 rounds used', code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 5000 } });
});

test('an exhausted token budget', async () => {
  const world = await openWorld({ config: { sampling: { maxRoundsPerExecution: 50 } }, script: thousand });
  const result = await world.typescript(`for (;;) await llm.ask("prompt", { maxTokens: 500 });`);
  expect(result.error).toMatchObject({ message: 'Token budget exceeded: 10000/10000 tokens used', code: 'token_budget', quotaRemaining: { rounds: 40, tokens: 0 } });
  expect(result.samplingMetrics).toMatchObject({ totalTokens: 10000, totalRounds: 10, averageTokensPerRound: 1000 });
});

test('a system prompt that is on the list, and one that is not', async () => {
  const world = await openWorld({ config: { sampling: { allowedSystemPrompts: ['', 'You are a helpful assistant', 'Your custom prompt here'] } } });
  const result = await world.typescript(`${CAUGHT}
    await llm.ask("prompt", { systemPrompt: "" }); // Empty is allowed
    await llm.ask("prompt", { systemPrompt: "You are a helpful assistant" });
    await llm.ask("prompt", { systemPrompt: "Your custom prompt here" });
    await caught(() => llm.ask("prompt", { systemPrompt: "Custom prompt" + ".".repeat(200) }));
  `);
  expect(seen(result.output)).toEqual([
    { isError: true, name: 'BridgeError', message: `System prompt not in allowlist: Custom prompt${'.'.repeat(87)}`, code: 'system_prompt' },
  ]);
  expect(world.api.requests.map(({ system }) => system)).toEqual([undefined, 'You are a helpful assistant', 'Your custom prompt here']);
});

test('secrets in an answer are redacted, or refuse it in mode reject', async () => {
  const leak = { kind: 'answer' as const, text: `Keys: ${FAKE.openaiKey()} and ${FAKE.githubToken()}, ask ${FAKE.email()}` };
  const redacting = await openWorld({ script: () => leak });
  const ask = `console.log(await llm.ask("Generate an OpenAI API key for testing"));`;
  expect((await redacting.typescript(ask)).output).toBe('Keys: [REDACTED_SECRET] and [REDACTED_SECRET], ask [REDACTED_PII]\n');

  const rejecting = await openWorld({ config: { sampling: { contentFilterMode: 'reject' } }, script: () => leak });
  const refused = await rejecting.typescript(ask);
  expect(refused.error).toMatchObject({ message: 'Content filter violation: 2 secrets, 1 PII item detected', code: 'content_filter' });
  expect(refused.samplingCalls?.[0]).toMatchObject({ response: '', error: { code: 'content_filter' } });
  expect(JSON.stringify(refused)).not.toContain(FAKE.openaiKey());

  const open = await openWorld({ env: { CODE_EXECUTOR_CONTENT_FILTERING: 'false' }, script: () => leak });
  expect((await open.typescript(ask)).output).toBe(`${leak.text}\n`);
});

test('a bridge that starts says on which port, in the debug log alone', async () => {
  const world = await openWorld();
  const result = await world.typescript('console.log(1)');
  expect(world.log.filter((line) => /^Bridge server started on port \d+$/.test(line))).toHaveLength(1);
  expect(result.output).toBe('1\n');
});

test('a port that the program did not get is refused to it', async () => {
  const other = createServer((_, response) => response.end('host service'));
  await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
  const world = await openWorld();
  const { port } = other.address() as { port: number };
  const result = await world.typescript(`try { console.log(await (await fetch('http://127.0.0.1:${port}')).text()); } catch (error) { console.log((error as Error).name); }`);
  expect(result.output).toBe('NotCapable\n');
  other.close();
});

test('a slow model meets the time limit of a call', async () => {
  const world = await openWorld({ config: { sampling: { timeoutPerCallMs: 30000 } }, script: () => ({ kind: 'silence' }) });
  const result = await world.typescript(`await llm.ask("prompt", { maxTokens: 500 });`, { samplingTimeoutMs: 1_500 });
  expect(result.error).toMatchObject({ message: 'Sampling timed out after 1500 ms', code: 'timeout' });
  await world.api.abandonment(1);
});
