import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failure, Log, open } from './fixtures/harness.ts';
import type { HttpFixture } from './fixtures/http.ts';
import { startHttpFixture } from './fixtures/http.ts';

let server: HttpFixture;
let log: Log;
beforeEach(async () => {
  log = new Log();
  server = await startHttpFixture(log.write);
});
afterEach(() => server.close());

test('a Streamable HTTP server is called over one session that many share, with the headers configured', async () => {
  const gateway = open({ web: { type: 'http', url: server.url, headers: { 'X-Team': '${TEAM}' } } }, { env: { TEAM: 'blue' } });
  const scope = gateway.scope(['mcp__web__*']);
  const result = { content: [{ type: 'text', text: 'hi' }] };
  expect(await Promise.all([1, 2, 3, 4, 5].map(() => scope.call('mcp__web__answer', { result })))).toEqual(['hi', 'hi', 'hi', 'hi', 'hi']);
  expect(server.opened()).toBe(1);
  expect(server.headers()['x-team']).toBe('blue');
  await gateway.close();
  expect(server.sessions.size).toBe(0);
});

test('a session that the server forgot is opened again without the caller noticing', async () => {
  await using gateway = open({ web: { url: server.url } });
  const scope = gateway.scope(['*']);
  await scope.call('mcp__web__answer', { result: { content: [] } });
  server.sessions.clear();
  expect(await scope.call('mcp__web__answer', { result: { content: [{ type: 'text', text: 'again' }] } })).toBe('again');
  expect(server.opened()).toBe(2);
});

test('a call is cancelled at the server', async () => {
  await using gateway = open({ web: { url: server.url } }, { callTimeoutMs: 50 });
  expect((await failure(gateway.scope(['*']).call('mcp__web__wait'))).code).toBe('tool_timeout');
  await log.match(/was cancelled/u);
});

test('a server that goes away in mid-call fails the call, and the next call finds it again', async () => {
  await using gateway = open({ web: { url: server.url } });
  const scope = gateway.scope(['*']);
  const waiting = failure(scope.call('mcp__web__wait'));
  await log.match(/waiting/u);
  const port = Number(new URL(server.url).port);
  await server.close();
  expect(await waiting).toMatchObject({ code: 'tool_unavailable', message: expect.stringContaining('during the call of mcp__web__wait') as string });
  const refused = await failure(scope.call('mcp__web__wait'));
  expect(refused.message).toBe('MCP server "web" is unavailable: it refused the connection or its address was not found');
  server = await startHttpFixture(log.write, port);
  expect(await scope.call('mcp__web__answer', { result: { content: [{ type: 'text', text: 'back' }] } })).toBe('back');
});

test('an HTTP error is named by its status, and its body is not handed on', async () => {
  await using gateway = open({ web: { url: server.url } });
  server.failWith(401);
  expect(await failure(gateway.scope(['*']).call('mcp__web__answer'))).toMatchObject({ code: 'tool_unavailable', message: 'MCP server "web" is unavailable: it answered HTTP 401' });
  server.failWith(undefined);
  expect(await gateway.scope(['*']).call('mcp__web__answer', { result: { content: [] } })).toBe('');
});

test('an address that accepts and never answers is given up after the connect timeout', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await using gateway = open({ web: { url: `http://127.0.0.1:${port}/` } }, { connectTimeoutMs: 60 });
  expect((await failure(gateway.scope(['*']).call('mcp__web__x'))).message).toBe('MCP server "web" is unavailable: it did not answer within 60 ms');
  await gateway.close();
  silent.close();
});

test('an answer that would fill the memory fails its call', async () => {
  await using gateway = open({ web: { url: server.url } }, { maxResultChars: 1024 });
  const error = await failure(gateway.scope(['*']).call('mcp__web__huge', { chars: 17_000_000 }));
  expect(error).toMatchObject({ code: 'tool_error', message: 'Tool mcp__web__huge failed: its answer is larger than 16777216 bytes' });
  expect(await gateway.scope(['*']).call('mcp__web__answer', { result: { content: [] } })).toBe('');
  expect(server.opened()).toBe(1);
});

test('a redirect within the same origin is followed', async () => {
  await using gateway = open({ web: { url: server.url.replace('/mcp', '/moved') } });
  expect(await gateway.scope(['*']).call('mcp__web__answer', { result: { content: [{ type: 'text', text: 'here' }] } })).toBe('here');
});

test('a tool list that changed is announced over HTTP too', async () => {
  await using gateway = open({ web: { url: server.url } });
  const scope = gateway.scope(['*']);
  expect((await failure(scope.call('mcp__web__grown'))).code).toBe('tool_not_found');
  await scope.call('mcp__web__grow');
  const listings = log.count(/listing from 0/u);
  // The announcement comes on a stream of its own: ask until it has arrived.
  while (log.count(/listing from 0/u) === listings) {
    await setImmediate();
    await scope.list();
  }
  expect(await scope.call('mcp__web__grown')).toBe('new here');
});
