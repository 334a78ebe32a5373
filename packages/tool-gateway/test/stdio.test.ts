import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failure, fixture, Log, open, runs } from './fixtures/harness.ts';

test('parallel first calls of many executions start one process, and later ones use it', async () => {
  await using gateway = open({ fx: fixture() });
  const calls = Array.from({ length: 20 }, () => gateway.scope(['*']).call('mcp__fx__environment'));
  const pids = new Set((await Promise.all(calls)).map((result) => (result as { pid: number }).pid));
  expect(pids.size).toBe(1);
  expect(gateway.log.count(/started/u)).toBe(1);
  expect(gateway.log.count(/listing from 0/u)).toBe(1);
  expect(gateway.servers()).toMatchObject([{ name: 'fx', transport: 'stdio', status: 'connected', pid: [...pids][0] }]);
});

test('a tool that is not allowed is refused without starting its server', async () => {
  await using gateway = open({ fx: fixture() }, { policy: { allow: ['mcp__fx__*'], deny: ['mcp__fx__crash'] } });
  for (const [granted, name] of [
    [[], 'mcp__fx__wait'],
    [['mcp__fx__read_*'], 'mcp__fx__wait'],
    [['*'], 'mcp__fx__crash'],
    [['*'], 'mcp__other__tool'],
  ] as const) {
    const error = await failure(gateway.scope(granted).call(name));
    expect(error).toMatchObject({ code: 'tool_not_allowed', message: `Tool not allowed: ${name}` });
  }
  expect(await gateway.scope([]).list()).toEqual([]);
  expect(gateway.servers()).toMatchObject([{ status: 'idle' }]);
  expect(gateway.log.lines).toEqual([]);
});

test('a cancelled call rejects at once, and the server is told', async () => {
  await using gateway = open({ fx: fixture() });
  const controller = new AbortController();
  const call = failure(gateway.scope(['*']).call('mcp__fx__wait', {}, { signal: controller.signal }));
  await gateway.log.match(/waiting/u);
  controller.abort();
  expect(await call).toMatchObject({ code: 'tool_cancelled', message: 'Tool mcp__fx__wait was cancelled' });
  await gateway.log.match(/was cancelled/u);
  expect(await gateway.scope(['*']).call('mcp__fx__answer', { result: { content: [] } })).toBe('');
});

test('a signal that has aborted already starts nothing', async () => {
  await using gateway = open({ fx: fixture() });
  const error = await failure(gateway.scope(['*']).call('mcp__fx__wait', {}, { signal: AbortSignal.abort() }));
  expect(error.code).toBe('tool_cancelled');
  expect(gateway.servers()).toMatchObject([{ status: 'idle' }]);
});

test('an abort after a call has ended tells the server nothing', async () => {
  await using gateway = open({ fx: fixture() });
  const controller = new AbortController();
  const scope = gateway.scope(['*']);
  await scope.call('mcp__fx__environment', {}, { signal: controller.signal });
  const waiting = failure(scope.call('mcp__fx__wait'));
  await gateway.log.match(/waiting/u);
  controller.abort();
  await scope.call('mcp__fx__environment');
  expect(gateway.log.count(/was cancelled/u)).toBe(0);
  await gateway.close();
  expect((await waiting).code).toBe('tool_unavailable');
});

test('a tool that takes too long times out, and the server is told', async () => {
  await using gateway = open({ fx: fixture() }, { callTimeoutMs: 40 });
  const error = await failure(gateway.scope(['*']).call('mcp__fx__wait'));
  expect(error).toMatchObject({ code: 'tool_timeout', message: 'Tool mcp__fx__wait timed out after 40 ms' });
  await gateway.log.match(/was cancelled/u);
});

test('a crash fails every call in flight, and the next call starts a new process', async () => {
  await using gateway = open({ fx: fixture() });
  const scope = gateway.scope(['*']);
  const { pid } = (await scope.call('mcp__fx__environment')) as { pid: number };
  const waiting = failure(scope.call('mcp__fx__wait'));
  await gateway.log.match(/waiting/u);
  const crashed = await failure(scope.call('mcp__fx__crash'));
  expect(crashed).toMatchObject({ code: 'tool_unavailable' });
  expect(crashed.message).toBe('MCP server "fx" ended (code 3) during the call of mcp__fx__crash; the tool may have run');
  expect(await waiting).toMatchObject({ code: 'tool_unavailable' });
  const again = (await scope.call('mcp__fx__environment')) as { pid: number };
  expect(again.pid).not.toBe(pid);
  expect(gateway.log.count(/started/u)).toBe(2);
});

test('a server that cannot start says so without details of the host, and is tried again', async () => {
  await using gateway = open({ gone: { command: 'no-such-program-anywhere' }, dies: fixture('--die') });
  const scope = gateway.scope(['*']);
  expect(await failure(scope.call('mcp__gone__x'))).toMatchObject({ code: 'tool_unavailable', message: 'MCP server "gone" is unavailable: its command was not found' });
  const calls = await Promise.all([1, 2, 3].map(() => failure(scope.call('mcp__dies__x'))));
  expect(new Set(calls.map(({ message }) => message))).toEqual(new Set(['MCP server "dies" is unavailable: it ended before it was ready (code 7)']));
  expect(gateway.log.count(/started/u)).toBe(1);
  await gateway.log.match(/\[mcp:dies\] dying: a secret detail/u);
  expect(gateway.servers()).toMatchObject([{ name: 'dies', status: 'failed' }, { name: 'gone', status: 'failed', reason: expect.stringContaining('ENOENT') as string }]);
  await failure(scope.call('mcp__dies__x'));
  await gateway.log.match(/started/u);
  expect(gateway.log.count(/connecting/u)).toBe(3);
});

test('a server that does not answer initialize is given up after the connect timeout and stopped', async () => {
  await using gateway = open({ mute: fixture('--mute') }, { connectTimeoutMs: 300, stopGraceMs: 50 });
  const error = await failure(gateway.scope(['*']).call('mcp__mute__x'));
  expect(error.message).toBe('MCP server "mute" is unavailable: it did not answer within 300 ms');
  await gateway.close();
  const started = gateway.log.lines.flatMap((line) => /started (\d+)/u.exec(line)?.[1] ?? []);
  expect(started.filter((pid) => runs(Number(pid)))).toEqual([]);
});

test('close ends a stubborn server and what it started, is idempotent, and refuses what comes after', async () => {
  const gateway = open({ fx: fixture('--stubborn') }, { stopGraceMs: 100 });
  const scope = gateway.scope(['*']);
  const waiting = failure(scope.call('mcp__fx__wait'));
  const pids = await Promise.all([gateway.log.match(/started (\d+)/u), gateway.log.match(/grandchild (\d+)/u), gateway.log.match(/waiting/u)]);
  await Promise.all([gateway.close(), gateway.close()]);
  await gateway.close();
  expect(await waiting).toMatchObject({ code: 'tool_unavailable', message: expect.stringContaining('closed') as string });
  expect(pids.slice(0, 2).filter(([, pid]) => runs(Number(pid)))).toEqual([]);
  expect(gateway.log.count(/ignoring SIGTERM/u)).toBe(1);
  for (const call of [scope.call('mcp__fx__wait'), scope.list()]) expect((await failure(call)).message).toMatch(/the tool gateway is closed/u);
  expect(gateway.servers()).toMatchObject([{ status: 'closed' }]);
  expect(gateway.log.count(/started/u)).toBe(1);
});

test('after this process is killed, servers that heed the end of their input end by themselves', async () => {
  const host = spawn(process.execPath, ['--conditions=@code-executor/source', join(import.meta.dirname, 'fixtures', 'host.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(host.stdout), 'line')) as [string];
  expect(runs(Number(line))).toBe(true);
  host.kill('SIGKILL');
  while (runs(Number(line))) await setImmediate();
});

test('close while a server starts leaves no process', async () => {
  const gateway = open({ fx: fixture('--mute'), gy: fixture('--mute') }, { stopGraceMs: 50 });
  const calls = ['fx', 'gy'].map((name) => failure(gateway.scope(['*']).call(`mcp__${name}__x`)));
  await gateway.log.match(/started/u);
  await gateway.close();
  for (const error of await Promise.all(calls)) expect(error.code).toBe('tool_unavailable');
  const started = gateway.log.lines.flatMap((line) => /started (\d+)/u.exec(line)?.[1] ?? []);
  expect(started.filter((pid) => runs(Number(pid)))).toEqual([]);
});

test('an answer after its call was given up is dropped, and its content is not logged', async () => {
  await using gateway = open({ fx: fixture() }, { callTimeoutMs: 40 });
  const scope = gateway.scope(['*']);
  const line = '{"jsonrpc":"2.0","id":1000,"result":{"content":[{"type":"text","text":"private data"}]}}';
  expect((await failure(scope.call('mcp__fx__raw', { line }))).code).toBe('tool_timeout');
  await gateway.log.match(/an answer came too late/u);
  expect(gateway.log.lines.join()).not.toContain('private data');
});

test('a server without tools has an empty list', async () => {
  await using gateway = open({ fx: fixture('--no-tools') });
  expect(await gateway.scope(['*']).list()).toEqual([]);
  expect((await failure(gateway.scope(['*']).call('mcp__fx__x'))).code).toBe('tool_not_found');
});

test('garbage on standard output is logged and harms nothing, and noise is cut and cleaned', async () => {
  await using gateway = open({ fx: fixture('--garbage', '--noisy') });
  expect(await gateway.scope(['*']).call('mcp__fx__refuse').catch((error: Error) => error.message)).toContain('the fixture refuses');
  await gateway.log.match(/not JSON-RPC, on standard output\) Welcome!/u);
  await gateway.log.match(/second line/u);
  expect(Math.max(...gateway.log.lines.map((line) => line.length))).toBeLessThan(2100);
  expect(gateway.log.lines.join('')).not.toMatch(/\p{Cc}/u);
});

test('a message that is too large fails its own call and no other', async () => {
  await using gateway = open({ fx: fixture() }, { maxResultChars: 1024 });
  const scope = gateway.scope(['*']);
  const waiting = failure(scope.call('mcp__fx__wait'));
  await gateway.log.match(/waiting/u);
  expect(await failure(scope.call('mcp__fx__huge', { chars: 2000 }))).toMatchObject({ code: 'tool_error', message: expect.stringContaining('its result is larger than 1024 characters') as string });
  expect(await failure(scope.call('mcp__fx__huge', { chars: 17_000_000 }))).toMatchObject({ code: 'tool_error', message: expect.stringContaining('larger than 16777216 bytes') as string });
  expect(gateway.servers()).toMatchObject([{ status: 'connected' }]);
  expect(gateway.log.count(/started/u)).toBe(1);
  await gateway.close();
  await waiting;
});

test('the log helper waits for lines that come later', async () => {
  const log = new Log();
  const match = log.match(/b(\d)/u);
  log.write('a');
  log.write('b7');
  expect((await match)[1]).toBe('7');
});
