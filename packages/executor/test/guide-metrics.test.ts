import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { executeCode, type ExecutionRequest, type ExecutionResult } from '../src/index.ts';
import { checked, openWorld, type World } from './support.ts';

/** The guide's way to write a call of our tools, over the library. */
function toolCaller(world: World) {
  return (name: string, { code, ...more }: Omit<ExecutionRequest, 'language'>): Promise<ExecutionResult> => {
    const language = name === 'mcp__code-executor__executePython' ? 'python' : 'typescript';
    return world.run({ language, code, ...more });
  };
}

const seventyFive = () => ({ kind: 'answer' as const, text: 'The answer is 4', usage: { input_tokens: 40, output_tokens: 35 } });

test('quick start, option A: sampling for one execution only', async () => {
  const world = await openWorld({ config: { sampling: { enabled: false } }, script: seventyFive });
  const callMCPTool = toolCaller(world);
  const result = await callMCPTool('mcp__code-executor__executeTypescript', {
    code: `
      const response = await llm.ask("What is 2+2?");
      console.log(response);
    `,
    enableSampling: true, // Enable for this execution only
    allowedTools: [],
  });
  expect(result).toMatchObject({ success: true, output: 'The answer is 4\n' });
  const next = await callMCPTool('mcp__code-executor__executeTypescript', { code: 'await llm.ask("What is 2+2?")' });
  expect(next.error).toMatchObject({ message: 'Sampling not enabled. Pass enableSampling: true', code: 'sampling_disabled' });
});

test('quick start, option B: the environment switches sampling on and sets its limits, and an execution\'s own value wins over it', async () => {
  const world = await openWorld({
    config: { sampling: { enabled: false } },
    env: { CODE_EXECUTOR_SAMPLING_ENABLED: 'true', CODE_EXECUTOR_MAX_SAMPLING_ROUNDS: '7', CODE_EXECUTOR_MAX_SAMPLING_TOKENS: '7000' },
    script: seventyFive,
  });
  const { samplingMetrics } = await world.typescript('await llm.ask("What is 2+2?")');
  expect(samplingMetrics?.quotaRemaining).toEqual({ rounds: 6, tokens: 6925 });
  const own = await world.typescript('await llm.ask("What is 2+2?")', { maxSamplingRounds: 5 });
  expect(own.samplingMetrics?.quotaRemaining).toEqual({ rounds: 4, tokens: 6925 });
});

test('quick start, option C, and executeCode: the configuration file of the home directory', async () => {
  const world = await openWorld({ script: seventyFive });
  mkdirSync(join(world.home, '.code-executor'), { recursive: true });
  writeFileSync(
    join(world.home, '.code-executor/config.json'),
    JSON.stringify({
      sampling: {
        enabled: true,
        maxRoundsPerExecution: 10,
        maxTokensPerExecution: 10000,
        timeoutPerCallMs: 30000,
        allowedSystemPrompts: ['', 'You are a helpful assistant', 'You are a code analysis expert'],
        contentFilteringEnabled: true,
      },
    }),
  );
  const code = 'console.log(await llm.ask("What is 2+2?", { systemPrompt: "You are a code analysis expert" }))';
  const result = checked(await executeCode({ language: 'typescript', code }, { env: world.env }));
  expect(result.output).toBe('The answer is 4\n');
  expect(result.samplingMetrics?.totalTokens).toBe(75);
  expect(result.samplingMetrics?.quotaRemaining).toEqual({ rounds: 9, tokens: 9925 });

  // FAQ, higher limits for one execution:
  const more = checked(await executeCode({ language: 'typescript', code, maxSamplingRounds: 50, maxSamplingTokens: 100000 }, { env: world.env }));
  expect(more.samplingMetrics?.quotaRemaining).toEqual({ rounds: 49, tokens: 99925 });
});

test('metrics and calls of a run are exact', async () => {
  const world = await openWorld({ config: { sampling: { enabled: false } }, script: seventyFive });
  const result = await toolCaller(world)('mcp__code-executor__executeTypescript', {
    code: `
      const a1 = await llm.ask("What is 2+2?");
      const a2 = await llm.ask("What is 3+3?");
      console.log(a1, a2);
    `,
    enableSampling: true,
  });
  const durations = (result.samplingCalls ?? []).map(({ durationMs }) => durationMs);
  expect(result.samplingMetrics).toEqual({
    totalRounds: 2,
    totalTokens: 150,
    totalDurationMs: durations.reduce((sum, ms) => sum + ms, 0),
    averageTokensPerRound: 75,
    quotaRemaining: { rounds: 8, tokens: 9850 },
  });
  const call = (content: string) => ({
    model: 'claude-sonnet-5-5',
    messages: [{ role: 'user', content }],
    response: 'The answer is 4',
    durationMs: expect.any(Number),
    tokensUsed: 75,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(result.samplingCalls).toEqual([call('What is 2+2?'), call('What is 3+3?')]);
});

test('without rounds the average is 0, and calls and metrics are there all the same', async () => {
  const world = await openWorld();
  const result = await world.typescript('console.log("no question")');
  expect(result.samplingCalls).toEqual([]);
  expect(result.samplingMetrics).toEqual({ totalRounds: 0, totalTokens: 0, totalDurationMs: 0, averageTokensPerRound: 0, quotaRemaining: { rounds: 10, tokens: 10000 } });
});

test('a failed execution keeps its calls and metrics', async () => {
  const world = await openWorld({ script: seventyFive });
  const result = await world.typescript('await llm.ask("What is 2+2?"); throw new Error("after the answer")');
  expect(result).toMatchObject({ success: false, error: { kind: 'exception', message: expect.stringContaining('after the answer') } });
  expect(result.samplingCalls).toHaveLength(1);
  expect(result.samplingMetrics?.totalTokens).toBe(75);
});

test('every value of an execution overrides the configuration for this execution alone', async () => {
  const world = await openWorld({
    config: { sampling: { enabled: false } },
    script: ({ messages }) => (messages[0]?.content === 'wait' ? { kind: 'silence' } : seventyFive()),
  });
  const callMCPTool = toolCaller(world);
  const result = await callMCPTool('mcp__code-executor__executeTypescript', {
    code: `
      for (let i = 0; i < 4; i++) await llm.ask(String(i));
      await llm.ask('wait');
    `,
    enableSampling: true, // Override: Enable sampling
    maxSamplingRounds: 5, // Override: Max 5 rounds
    maxSamplingTokens: 5000, // Override: Max 5000 tokens
    samplingTimeoutMs: 3000, // Override: 3s timeout
    allowedTools: [],
  });
  expect(result.error).toMatchObject({ message: 'Sampling timed out after 3000 ms', code: 'timeout' });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 5, quotaRemaining: { rounds: 0 } });
  expect(result.samplingMetrics?.quotaRemaining.tokens).toBeLessThan(5000 - 4 * 75);
});

test('the guide\'s own configuration example loads through the aliases of its retired models', async () => {
  const world = await openWorld({
    config: {
      sampling: {
        enabled: true,
        maxRoundsPerExecution: 20,
        maxTokensPerExecution: 50000,
        timeoutPerCallMs: 60000,
        allowedSystemPrompts: ['', 'You are a helpful assistant', 'You are a code analysis expert', 'You are a security auditor'],
        contentFilteringEnabled: true,
        allowedModels: ['claude-3-5-haiku-20241022', 'claude-3-5-sonnet-20241022', 'claude-sonnet-4-5'],
      },
    },
    script: seventyFive,
  });
  const result = await world.typescript(`
    await llm.ask('x', { systemPrompt: 'You are a security auditor', model: 'claude-3-5-haiku-20241022' });
    await llm.ask('x');
    await llm.ask('x', { model: 'claude-opus-5-5' });
  `);
  expect(world.api.requests.map(({ model }) => model)).toEqual(['claude-haiku-5-5', 'claude-sonnet-5-5']);
  expect(result.error?.message).toMatch(/^Model not in allowlist: claude-opus-5-5\. Allowed: /);
  expect(result.samplingMetrics?.quotaRemaining).toEqual({ rounds: 18, tokens: 49850 });
});
