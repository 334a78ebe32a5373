import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestGateway } from './fixtures/harness.ts';
import { failure, fixture, open } from './fixtures/harness.ts';

let gateway: TestGateway;
beforeAll(() => void (gateway = open({ fx: fixture() })));
afterAll(() => gateway.close());
const call = (tool: string, args: Record<string, unknown> = {}): Promise<unknown> => gateway.scope(['*']).call(`mcp__fx__${tool}`, args);

test('all pages of a list are read; malformed tools are left out and hide no others', async () => {
  const names = (await gateway.scope(['*']).list()).map(({ name }) => name.slice('mcp__fx__'.length));
  expect(names).toEqual(['answer', 'async', 'broken', 'costly', 'crash', 'deep', 'draft2020', 'draft7', 'environment', 'grow', 'huge', 'list_directory', 'raw', 'read_file', 'refuse', 'titled', 'wait'].sort());
  await gateway.log.match(/tool left out: "bad name"/u);
  await gateway.log.match(/tool left out: a second read_file/u);
});

test('a scope is what a bridge expects of its tools', async () => {
  interface Port {
    call(name: string, args: Record<string, unknown>, context: { signal: AbortSignal }): Promise<unknown>;
    list(query?: string): Promise<{ name: string; description: string; inputSchema: unknown; outputSchema?: unknown }[]>;
  }
  const port: Port = gateway.scope(['mcp__fx__titled']);
  expect(await port.call('mcp__fx__titled', {}, { signal: new AbortController().signal })).toBe('titled ran');
  const [tool] = await port.list();
  expect(tool).toMatchObject({ name: 'mcp__fx__titled', description: '', inputSchema: { type: 'object' } });
  expect(Object.isFrozen(tool?.inputSchema)).toBe(true);
});

test('a title stands in for a missing description and is searched', async () => {
  expect(await gateway.scope(['*']).list('forecast')).toMatchObject([{ name: 'mcp__fx__titled' }]);
  expect(await gateway.scope(['*']).list('zebra')).toMatchObject([{ name: 'mcp__fx__titled' }]);
});

test('draft-07 and 2020-12 schemas are both understood', async () => {
  for (const tool of ['draft7', 'draft2020']) {
    expect(await call(tool, { pair: ['a', 1] })).toBe(`${tool} ran`);
    expect((await failure(call(tool, { pair: ['a', 'b'] }))).message).toBe(`Invalid arguments for mcp__fx__${tool}: /pair/1 must be number (got string)`);
  }
});

test('a schema that cannot be used makes its tool unavailable and harms no other', async () => {
  const reasons: Record<string, RegExp> = {
    broken: /cannot be called: its input schema cannot be used \(can't resolve reference/u,
    async: /its input schema cannot be used \(it is asynchronous\)/u,
    oversized_schema: /its input schema is larger than 262144 characters/u,
    task_only: /it can only be run as a task/u,
    no_schema: /its server declares no input schema/u,
  };
  for (const [tool, reason] of Object.entries(reasons)) {
    const error = await failure(call(tool));
    expect(error.code).toBe('tool_unavailable');
    expect(error.message).toMatch(reason);
  }
  expect(await call('titled')).toBe('titled ran');
});

test('a pattern that backtracks without end is left to the server; the rest is still checked', async () => {
  expect((await failure(call('costly', { word: 'b' }))).code).toBe('tool_arguments');
  const evil = `${'a'.repeat(60)}b`;
  expect(await call('costly', { word: evil })).toBe('costly ran');
  expect((await failure(call('costly', { word: evil, count: 'x' }))).message).toBe('Invalid arguments for mcp__fx__costly: /count must be integer (got string)');
});

test('arguments that are not JSON or beyond all measure are refused', async () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect((await failure(call('answer', loop))).message).toBe('Invalid arguments for mcp__fx__answer: they are nested deeper than 200 levels');
  expect((await failure(call('answer', { result: 1n }))).message).toMatch(/they are not JSON: it holds a bigint/u);
  expect((await failure(call('answer', { text: 'x'.repeat(5_000_000) }))).message).toMatch(/larger than 4194304 characters/u);
});

test('a result beyond the limits is an error that says which', async () => {
  expect((await failure(call('deep', { levels: 1000 }))).message).toBe('Tool mcp__fx__deep failed: its result is nested deeper than 200 levels; ask it for less');
  expect(await call('huge', { chars: 4_000_000 })).toHaveLength(4_000_000);
  expect((await failure(call('huge', { chars: 4_200_000 }))).code).toBe('tool_error');
});

test('an answer that is no answer fails its call at once', async () => {
  const raw = (line: string): Promise<unknown> => call('raw', { line });
  const deep = (levels: number): string => `${'{"v":'.repeat(levels)}1${'}'.repeat(levels)}`;
  for (const line of [
    `{"jsonrpc":"2.0","id":ID,"result":{"structuredContent":${deep(100_000)}}}`,
    '{"jsonrpc":"2.0","id":ID,"result":7}',
    '{"jsonrpc":"2.0","id":ID,"result":{"content":[}',
    '{"jsonrpc":"2.0","id":ID,"error":{"code":-32000,"message":"no"}}',
    '{"result":null,"jsonrpc":"2.0","id":ID}',
  ]) {
    expect(await failure(raw(line))).toMatchObject({ code: 'tool_error', message: expect.stringMatching(/^Tool mcp__fx__raw failed: /u) as string });
  }
  expect(await raw('{"jsonrpc":"2.0","id":ID,"result":{}}')).toBe('');
  expect(await raw('{"jsonrpc":"2.0","id":ID,"result":{"content":"text","structuredContent":null}}')).toBe('');
  expect(await raw('{"jsonrpc":"2.0","id":ID,"result":{"structuredContent":[1,{"__proto__":{"x":1}}]}}')).toHaveLength(2);
  expect(gateway.log.count(/started/u)).toBe(1);
});

test('an error result throws its text', async () => {
  const result = { isError: true, content: [{ type: 'text', text: 'disk full' }] };
  expect(await failure(call('answer', { result }))).toMatchObject({ code: 'tool_error', message: 'Tool mcp__fx__answer failed: disk full' });
  expect((await failure(call('answer', { result: { isError: true, content: [] } }))).message).toBe('Tool mcp__fx__answer failed and gave no reason');
  expect((await failure(call('refuse'))).message).toBe('Tool mcp__fx__refuse failed: the fixture refuses');
});

test('names that no server offers are not found', async () => {
  const scope = gateway.scope(['*']);
  for (const [name, why] of [
    ['mcp__fx__nope', 'the server offers no such tool'],
    ['mcp__fy__nope', 'no such server is configured'],
    ['read_file', 'names have the form mcp__server__tool'],
    ['mcp__fx__constructor', 'the server offers no such tool'],
    ['mcp__constructor__x', 'no such server is configured'],
  ]) {
    expect(await failure(scope.call(String(name)))).toMatchObject({ code: 'tool_not_found', message: `Tool not found: ${name} (${why})` });
  }
});

test('a list that changed is read again, announced or not', async () => {
  for (const flags of [[], ['--silent-changes']]) {
    await using changing = open({ fx: fixture(...flags) });
    const scope = changing.scope(['*']);
    expect((await failure(scope.call('mcp__fx__grown'))).code).toBe('tool_not_found');
    await scope.call('mcp__fx__grow');
    expect(await scope.call('mcp__fx__grown')).toBe('new here');
  }
});

test('a server that fails does not hide the tools of the others, and is warned about', async () => {
  await using mixed = open({ fx: fixture(), gone: { command: 'no-such-program-anywhere' } });
  const scope = mixed.scope(['mcp__fx__read_file', 'mcp__gone__*']);
  expect((await scope.list()).map(({ name }) => name)).toEqual(['mcp__fx__read_file']);
  expect(scope.warnings()).toEqual([{ code: 'tool_unavailable', message: 'MCP server "gone" is unavailable: its command was not found' }]);
  expect((await failure(mixed.scope(['mcp__gone__*']).list())).code).toBe('tool_unavailable');
});

test('listing starts only servers whose tools can be allowed', async () => {
  await using two = open({ fx: fixture(), fy: fixture() }, { policy: { deny: ['mcp__fy__*'] } });
  expect((await two.scope(['mcp__fx__read_file', 'mcp__fy__read_file']).list()).map(({ name }) => name)).toEqual(['mcp__fx__read_file']);
  expect(two.servers().map(({ status }) => status)).toEqual(['connected', 'idle']);
});
