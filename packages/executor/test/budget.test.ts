import { expect, test } from 'vitest';
import { gate, openWorld, type World } from './support.ts';

const TYPESCRIPT = `
  const asked = Array.from({ length: 60 }, (_, i) => llm.ask('question ' + i, { maxTokens: 100 }));
  const outcomes = await Promise.allSettled(asked);
  export default outcomes.map((outcome) => outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message);
`;

const PYTHON = `
import asyncio
asked = [llm.ask(f"question {i}", max_tokens=100) for i in range(60)]
[str(outcome) for outcome in await asyncio.gather(*asked, return_exceptions=True)]
`;

test.each(['typescript', 'python'] as const)('60 parallel questions at limit 10, in %s: 10 reach the API, 50 are refused', async (language) => {
  // The API holds its answers back until all ten have arrived, so that they really run side by side.
  const all = gate();
  const world = await openWorld({
    script: async (_, ordinal) => {
      if (ordinal === 10) all.open();
      await all.opened;
      return { kind: 'answer' };
    },
  });
  const result = await world.run({ language, code: language === 'python' ? PYTHON : TYPESCRIPT });
  const outcomes = result.result as string[];
  expect(outcomes).toHaveLength(60);
  expect(outcomes.filter((outcome) => outcome === 'Rate limit exceeded: 10/10 rounds used')).toHaveLength(50);
  expect(outcomes.filter((outcome) => outcome.startsWith('Echo: question '))).toHaveLength(10);
  expect(world.api.requests).toHaveLength(10);
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 10, totalTokens: world.api.reportedTokens() });
  expect(result.samplingMetrics?.quotaRemaining).toEqual({ rounds: 0, tokens: 10_000 - world.api.reportedTokens() });
  expect(result.samplingCalls).toHaveLength(60);
  const sampling = world.records().filter(({ kind }) => kind === 'sampling');
  expect(sampling).toHaveLength(60);
  expect(sampling.map(({ round }) => round).filter((round) => round !== 0).sort((a, b) => Number(a) - Number(b))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

const max = (world: World): (number | undefined)[] => world.api.requests.map(({ max_tokens }) => max_tokens);

test('maxTokens is taken from 1 to 10000, and refused outside', async () => {
  const world = await openWorld({ config: { sampling: { maxTokensPerExecution: 30_000 } } });
  const result = await world.typescript(`
    const ask = (maxTokens) => llm.ask('hi', { maxTokens }).then(() => 'answered', (error) => error.code + ': ' + error.message);
    const outcomes = [];
    for (const maxTokens of [0, 1, 10000, 10001, -1, 1.5, '5', NaN, null]) outcomes.push(await ask(maxTokens));
    export default outcomes;
  `);
  const refused = (got: string): string => `invalid_request: Invalid request: maxTokens must be a whole number from 1 to 10000, got ${got}`;
  expect(result.result).toEqual([
    refused('0'), 'answered', 'answered', refused('10001'), refused('-1'), refused('1.5'), refused('"5"'), refused('null'), refused('null'),
  ]);
  expect(max(world)).toEqual([1, 10000]);
  expect(result.samplingMetrics?.totalRounds).toBe(2);
});

test('an answer shrinks to what is left, says so where it was cut, and is refused below the floor', async () => {
  const world = await openWorld({
    config: { sampling: { maxTokensPerExecution: 1_000 } },
    script: ({ max_tokens }) => ({ kind: 'answer', text: 'cut', usage: { input_tokens: 10, output_tokens: max_tokens }, stopReason: 'max_tokens' }),
  });
  const result = await world.typescript(`
    await llm.ask('first', { maxTokens: 500 });
    await llm.ask('second', { maxTokens: 10000 });
    await llm.ask('third', { maxTokens: 64 });
  `);
  const [first, second] = max(world);
  expect([first, max(world).length]).toEqual([500, 2]);
  expect(second).toBeGreaterThan(64);
  expect(second).toBeLessThan(500);
  expect(result.warnings).toEqual([{ code: 'max_tokens_reduced', message: expect.stringContaining(`${second} tokens`) }]);
  expect(result.error).toMatchObject({ code: 'token_budget', message: expect.stringMatching(/^Token budget exceeded: \d+\/1000 tokens used$/) });
  expect(world.api.reportedTokens()).toBeLessThanOrEqual(1_000);
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 2, totalTokens: world.api.reportedTokens() });
});

test('what one of our own steps refuses costs neither round nor token', async () => {
  const world = await openWorld();
  const result = await world.typescript(`
    const refused = [
      () => llm.ask('x', { systemPrompt: 'not on the list' }),
      () => llm.think([{ role: 'system', content: 'not on the list' }, { role: 'user', content: 'x' }]),
      () => llm.think([{ role: 'system', content: 'You are a helpful assistant' }, { role: 'user', content: 'x' }], { systemPrompt: 'You are a helpful assistant' }),
      () => llm.think([{ role: 'system', content: 'You are a helpful assistant' }]),
      () => llm.think([]),
      () => llm.think([{ role: 'tool', content: 'x' }]),
      () => llm.ask('x', { model: 'claude-unknown' }),
      () => llm.ask('x', { temperature: 1 }),
    ];
    const codes = [];
    for (const call of refused) codes.push(await call().then(() => 'answered', (error) => error.code));
    export default { codes, budget: llm.budget() };
  `);
  expect(result.result).toEqual({
    codes: ['system_prompt', 'system_prompt', 'invalid_request', 'invalid_request', 'invalid_request', 'invalid_request', 'model', 'invalid_request'],
    budget: { rounds: 10, tokens: 10_000 },
  });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 0, totalTokens: 0 });
  expect(world.api.requests).toEqual([]);
  const records = world.records().filter(({ kind }) => kind === 'sampling');
  expect(records.map(({ round, status, tokensUsed }) => [round, status, tokensUsed])).toEqual(Array.from({ length: 8 }, () => [0, 'error', 0]));
});

test('an allowed system text passes as option and as message, and reaches the API as system', async () => {
  const world = await openWorld();
  await world.typescript(`
    await llm.ask('x', { systemPrompt: 'You are a helpful assistant' });
    await llm.think([{ role: 'system', content: 'You are a code analysis expert' }, { role: 'user', content: 'x' }]);
    await llm.think([{ role: 'system', content: '' }, { role: 'user', content: 'x' }]);
  `);
  expect(world.api.requests.map(({ system, messages }) => [system, messages.length])).toEqual([
    ['You are a helpful assistant', 1],
    ['You are a code analysis expert', 1],
    [undefined, 1],
  ]);
});
