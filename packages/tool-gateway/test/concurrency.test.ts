import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createToolGateway, type ToolGatewayErrorCode } from '../src/index.ts';
import { failure, fixture, open } from './fixtures/harness.ts';

test('of the many calls of one execution a server gets no more than its share, and another execution is next in turn', async () => {
  await using gateway = open({ fx: fixture() });
  const [greedy, modest] = [gateway.scope(['*']), gateway.scope(['*'])];
  await modest.call('mcp__fx__environment');
  const aborters = Array.from({ length: 200 }, () => new AbortController());
  const calls = aborters.map(({ signal }) => failure(greedy.call('mcp__fx__wait', {}, { signal })));
  await gateway.log.match(/waiting/u);
  const other = modest.call('mcp__fx__environment');
  await setImmediate();
  // The first place that gets free is for the execution that waits longest, the second for the other one.
  for (const aborter of aborters.slice(0, 2)) aborter.abort();
  expect(await other).toHaveProperty('pid');
  expect(gateway.log.count(/call wait/u)).toBeLessThanOrEqual(18);
  for (const aborter of aborters) aborter.abort();
  const codes = new Set<ToolGatewayErrorCode>((await Promise.all(calls)).map(({ code }) => code));
  expect([...codes]).toEqual(['tool_cancelled']);
  await modest.call('mcp__fx__environment');
  expect(gateway.log.count(/call wait/u)).toBeLessThanOrEqual(18);
});

test('many parallel calls with large results all end well, and the server lives', async () => {
  await using gateway = open({ fx: fixture() });
  const scope = gateway.scope(['*']);
  const results = await Promise.all(Array.from({ length: 60 }, () => scope.call('mcp__fx__huge', { chars: 300_000 })));
  expect(new Set(results.map((result) => String(result).length))).toEqual(new Set([300_000]));
  expect(gateway.log.count(/started/u)).toBe(1);
});

test('a call that waits is cancelled at once and never reaches the server', async () => {
  await using gateway = open({ fx: fixture() }, { maxConcurrentCalls: 1 });
  const scope = gateway.scope(['*']);
  const [holder, waiter] = [new AbortController(), new AbortController()];
  const held = failure(scope.call('mcp__fx__wait', {}, { signal: holder.signal }));
  await gateway.log.match(/waiting/u);
  const waiting = failure(scope.call('mcp__fx__read_file', { path: 'x' }, { signal: waiter.signal }));
  const next = scope.call('mcp__fx__environment');
  waiter.abort();
  expect(await waiting).toMatchObject({ code: 'tool_cancelled', message: 'Tool mcp__fx__read_file was cancelled' });
  holder.abort();
  expect((await held).code).toBe('tool_cancelled');
  expect(await next).toHaveProperty('pid');
  expect(gateway.log.count(/call read_file/u)).toBe(0);
});

test('waiting has a limit of its own, which its error tells apart from a tool that is slow', async () => {
  await using gateway = open({ fx: fixture() }, { maxConcurrentCalls: 1, callTimeoutMs: 40 });
  const scope = gateway.scope(['*']);
  await scope.list();
  const errors = await Promise.all(Array.from({ length: 6 }, () => failure(scope.call('mcp__fx__wait'))));
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['tool_timeout']));
  expect(errors[0]?.message).toBe('Tool mcp__fx__wait timed out after 40 ms');
  expect(errors.at(-1)?.message).toBe('Tool mcp__fx__wait timed out: it waited 40 ms for other calls of MCP server "fx" to end; call fewer at a time');
});

test('a failing call gives its place back, and closing ends those that wait', async () => {
  await using gateway = open({ fx: fixture() }, { maxConcurrentCalls: 1 });
  const scope = gateway.scope(['*']);
  for (const tool of ['refuse', 'crash', 'refuse']) await failure(scope.call(`mcp__fx__${tool}`));
  const calls = Array.from({ length: 3 }, () => failure(scope.call('mcp__fx__wait')));
  await gateway.log.match(/waiting/u);
  await gateway.close();
  expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => 'tool_unavailable'));
  expect(gateway.log.count(/call wait/u)).toBe(1);
});

test('a burst of calls to tools that are not there asks a server that announces no changes for its list once more', async () => {
  await using gateway = open({ fx: fixture('--silent-changes') });
  const scope = gateway.scope(['*']);
  await scope.list();
  const missing = await Promise.all(Array.from({ length: 100 }, (_, n) => failure(scope.call(`mcp__fx__absent_${n}`))));
  expect(new Set(missing.map(({ code }) => code))).toEqual(new Set(['tool_not_found']));
  expect(gateway.log.count(/listing from 0/u)).toBeLessThanOrEqual(3);
});

test.each([0, 1001, 1.5, Number.NaN, '4' as unknown as number])('maxConcurrentCalls %s is refused', (maxConcurrentCalls) => {
  expect(() => createToolGateway({ servers: {}, maxConcurrentCalls })).toThrow(/^maxConcurrentCalls must be a whole number from 1 to 1000, but is /u);
});
