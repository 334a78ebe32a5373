import { expect, test } from 'vitest';
import { openWorld } from './support.ts';

const PYTHON = 'try:\n    await llm.ask("x")\nexcept RuntimeError as error:\n    print(error.code, error, sep="\\n")';
const TYPESCRIPT = 'try { await llm.ask("x"); } catch (error) { console.log(`${error.code}\\n${error.message}`); }';

test('without a key both languages read that it is not set, and how to set it', async () => {
  const world = await openWorld({ env: { ANTHROPIC_API_KEY: undefined } });
  for (const result of [await world.typescript(TYPESCRIPT), await world.python(PYTHON)]) {
    const [code, message] = result.output.split('\n');
    expect(code).toBe('no_provider');
    expect(message).toMatch(/^ANTHROPIC_API_KEY not set\b/);
    expect(message).toMatch(/Export ANTHROPIC_API_KEY.*"anthropicApiKey".*CODE_EXECUTOR_SAMPLING_PROVIDER=echo/);
    expect(result.samplingMetrics).toMatchObject({ totalRounds: 0, totalTokens: 0, quotaRemaining: { rounds: 10, tokens: 10000 } });
    expect(result.samplingCalls).toMatchObject([{ response: '', tokensUsed: 0, error: { code: 'no_provider' } }]);
  }
  const { ready, provider, checks } = await world.executor.report();
  expect({ ready, provider }).toEqual({ ready: true, provider: 'none' });
  expect(checks.find(({ name }) => name === 'model')).toMatchObject({ status: 'warning', cure: expect.stringContaining('ANTHROPIC_API_KEY not set') });
});

test('sampling that is off is off in both languages, and leaves no calls in the result', async () => {
  const world = await openWorld({ config: { sampling: { enabled: false } } });
  for (const result of [await world.typescript(TYPESCRIPT), await world.python(PYTHON)]) {
    expect(result.output).toBe('sampling_disabled\nSampling not enabled. Pass enableSampling: true\n');
    expect(result).not.toHaveProperty('samplingCalls');
    expect(result).not.toHaveProperty('samplingMetrics');
  }
  expect(world.api.requests).toEqual([]);
});

test('the echo provider says in every answer that it is no model', async () => {
  const world = await openWorld({ env: { CODE_EXECUTOR_SAMPLING_PROVIDER: 'echo' } });
  const result = await world.typescript('console.log(await llm.ask("What is 2+2?"));');
  expect(result.output).toMatch(/^\[echo: an offline stand-in, not a real language model\] You asked: What is 2\+2\?/);
  expect(result.samplingCalls?.[0]?.model).toBe('echo');
  expect(world.api.requests).toEqual([]);
});

test('a provider that this version does not have says so instead of asking another', async () => {
  const world = await openWorld({ config: { sampling: { provider: 'mcp' } } });
  const result = await world.typescript(TYPESCRIPT);
  expect(result.output).toMatch(/^no_provider\nSampling through the MCP client is not available/);
  expect(world.api.requests).toEqual([]);
});

test('a key that the API refuses is reported by kind and never shown', async () => {
  const wrong = ['sk', 'ant', 'wrong', 'q'.repeat(20)].join('-');
  const world = await openWorld({ env: { ANTHROPIC_API_KEY: wrong } });
  const result = await world.typescript(TYPESCRIPT);
  expect(result.output).toMatch(/^provider_auth\nThe model provider refused our credentials/);
  expect(JSON.stringify(result) + world.log.join('\n')).not.toContain(wrong);
});
