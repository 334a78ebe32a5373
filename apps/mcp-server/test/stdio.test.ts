import { executionResultSchema, type ExecutionResult } from '@code-executor/executor';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, startServer, type ServerProcess } from './support.ts';

let server: ServerProcess;
let client: Client;

beforeAll(async () => {
  server = startServer({ CODE_EXECUTOR_SAMPLING_PROVIDER: 'echo' });
  client = await connect(server);
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

/** Calls a tool; the SDK's client itself checks structuredContent against the declared schema. */
async function call(name: string, input: Record<string, unknown>): Promise<ExecutionResult> {
  const answer = await client.callTool({ name, arguments: input }, undefined, { timeout: 60_000 });
  const result = executionResultSchema.parse(answer.structuredContent);
  const text: unknown = JSON.parse((answer.content as { text: string }[])[0]?.text ?? '');
  expect(text).toMatchObject({ success: result.success, executionId: result.executionId });
  expect(answer.isError === true).toBe(!result.success);
  return result;
}

it('lists its three tools with schemas and honest annotations in under 9,000 characters', async () => {
  const list = await client.listTools();
  expect(list.tools.map(({ name }) => name)).toEqual(['executeTypescript', 'executePython', 'health']);
  expect(JSON.stringify(list).length).toBeLessThan(9_000);
  const [typescript, , health] = list.tools;
  expect(Object.keys(typescript?.inputSchema.properties ?? {})).toEqual([
    'code',
    'enableSampling',
    'allowedTools',
    'timeoutMs',
    'maxSamplingRounds',
    'maxSamplingTokens',
    'maxSamplingCostUsd',
    'samplingTimeoutMs',
    'maxToolCalls',
  ]);
  expect(typescript?.outputSchema).toMatchObject({ type: 'object', properties: { samplingMetrics: { type: 'object' } } });
  expect(typescript?.annotations).toMatchObject({ readOnlyHint: false, openWorldHint: true });
  expect(health?.annotations).toMatchObject({ readOnlyHint: true });
});

it('runs TypeScript that asks a model, and reports output, result, calls and metrics', async () => {
  const result = await call('executeTypescript', {
    code: 'const answer: string = await llm.ask("What is 2+2?");\nconsole.log(answer);\nexport default answer.length;',
    enableSampling: true,
  });
  expect(result).toMatchObject({ success: true, output: expect.stringContaining('What is 2+2?') as string });
  expect(result.result).toBe(result.output.trimEnd().length);
  expect(result.samplingCalls).toHaveLength(1);
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, quotaRemaining: { rounds: 9 } });
});

it('runs Python that asks a model, and reports output, result, calls and metrics', async () => {
  const result = await call('executePython', {
    code: 'answer = await llm.ask("What is 2+2?")\nprint(answer)\nlen(answer)',
    enableSampling: true,
  });
  expect(result).toMatchObject({ success: true, output: expect.stringContaining('What is 2+2?') as string });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 1, quotaRemaining: { rounds: 9 } });
});

it.each([
  ['an exception', { code: 'throw new Error("boom")' }, { kind: 'exception', message: 'boom' }],
  ['a time-out', { code: 'while (true) {}', timeoutMs: 300 }, { kind: 'timeout' }],
  ['a syntax error', { code: 'const = 1' }, { kind: 'exception' }],
  ['a forbidden file', { code: 'Deno.readTextFileSync("/etc/passwd")' }, { kind: 'policy' }],
  ['a memory bomb', { code: 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))' }, { kind: 'memory' }],
  ['a flood', { code: 'for (;;) console.log("x".repeat(100_000))' }, { kind: 'output' }],
  ['a call without sampling', { code: 'await llm.ask("x")' }, { code: 'sampling_disabled' }],
  ['a tool that is not allowed', { code: 'await callMCPTool("mcp__x__y")' }, { code: 'tool_not_allowed' }],
  ['a value beyond its ceiling', { code: '1', maxSamplingRounds: 101 }, { kind: 'policy', code: 'invalid_request' }],
])('gives a result that fits the schema for %s', async (_name, input, error) => {
  expect((await call('executeTypescript', input)).error).toMatchObject(error);
});

it.each([
  ['code of the wrong type', { code: 5 }, 'code'],
  ['no code', {}, 'code'],
  ['a time beyond every ceiling', { code: '1', timeoutMs: 1e12 }, 'timeoutMs'],
  ['an unknown key', { code: '1', temperature: 0 }, 'temperature'],
  ['a language beside the one that the tool is', { code: '1', language: 'python' }, 'language'],
])('gives a result that names what is wrong for %s', async (_name, input, named) => {
  const { error } = await call('executeTypescript', input);
  expect(error).toMatchObject({ kind: 'policy', code: 'invalid_request', message: expect.stringContaining(named) as string });
});

it('keeps parallel executions apart', async () => {
  const results = await Promise.all(
    Array.from({ length: 6 }, (_, index) => call('executeTypescript', { code: `console.log("run ${index}")` })),
  );
  expect(results.map(({ output }) => output)).toEqual(results.map((_, index) => `run ${index}\n`));
});

it('says in health what it can do', async () => {
  const { structuredContent } = await client.callTool({ name: 'health', arguments: {} });
  expect(structuredContent).toMatchObject({ status: 'ok', isolation: 'process', provider: 'echo' });
});

it('has written nothing but JSON-RPC to stdout, one message a line', () => {
  expect(server.stdout.length).toBeGreaterThan(10);
  for (const line of server.stdout) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
});
