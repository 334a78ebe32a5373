import { expect, test } from 'vitest';
import { baseEnvironment } from './environment.ts';
import { createToolGateway } from './gateway.ts';
import { isOwnServer } from './own-server.ts';
import type { ServerConfig } from './types.ts';

const key = ['sk', 'ant', 'k'.repeat(24)].join('-');
const env = { ANTHROPIC_API_KEY: key, CODE_EXECUTOR_CONFIG: '/c.json', TEAM: 'blue', ALIAS: key };
const create = (servers: Record<string, unknown>): unknown => createToolGateway({ servers: servers as Record<string, ServerConfig>, env, secrets: ['file-secret-value'] });

test.each([
  [{ command: 'x', env: { ANTHROPIC_API_KEY: '${ANTHROPIC_API_KEY}' } }, 'mcpServers.s.env.ANTHROPIC_API_KEY must not use ${ANTHROPIC_API_KEY}'],
  [{ command: 'x', env: { A: '${ANTHROPIC_AUTH_TOKEN:-}' } }, 'mcpServers.s.env.A must not use ${ANTHROPIC_AUTH_TOKEN}'],
  [{ command: 'x', args: ['--key', 'k=${env:ANTHROPIC_API_KEY}'] }, 'mcpServers.s.args[1] must not use ${ANTHROPIC_API_KEY}'],
  [{ command: '${CODE_EXECUTOR_CONFIG}' }, 'mcpServers.s.command must not use ${CODE_EXECUTOR_CONFIG}'],
  [{ url: 'https://x.example/?k=${ANTHROPIC_API_KEY}' }, 'mcpServers.s.url must not use ${ANTHROPIC_API_KEY}'],
  [{ url: 'https://x.example/', headers: { 'x-key': '${anthropic_api_key}' } }, 'mcpServers.s.headers.x-key must not use ${anthropic_api_key}'],
  [{ url: 'https://x.example/', headers: { 'x-key': 'Bearer ${ALIAS}' } }, 'mcpServers.s.headers.x-key holds the value of ANTHROPIC_API_KEY'],
  [{ command: 'x', env: { K: key } }, 'mcpServers.s.env.K holds the value of ANTHROPIC_API_KEY'],
  [{ command: 'x', env: { K: 'file-secret-value' } }, 'mcpServers.s.env.K holds the value of the configured API key'],
])('our own keys are not handed to a server: %j', (config, message) => {
  expect(() => create({ s: config })).toThrow(message);
  expect(() => create({ s: config })).toThrow(/give that server a key of its own/u);
  expect(() => create({ s: { ...config, disabled: true } })).not.toThrow();
});

test('a server may have a key of its own, also under the name of ours', () => {
  expect(() => create({ s: { command: 'x', env: { ANTHROPIC_API_KEY: 'its-own-key-entirely' } } })).not.toThrow();
});

test.each([
  [7, 'mcpServers.s must be an object with "command" or "url", but is number'],
  [{}, 'mcpServers.s must have "command" or "url"'],
  [{ command: 'x', url: 'http://y' }, 'mcpServers.s has both "command" and "url"; keep one'],
  [{ command: 'x', type: 'http' }, 'mcpServers.s.type is "http", but the entry has "command"; correct one of them'],
  [{ url: 'http://y', type: 'sse' }, 'mcpServers.s.type must be "stdio", "http" or "streamable-http", but is "sse"; ask the server for its Streamable HTTP address'],
  [{ command: ' ' }, 'mcpServers.s.command must name a program, but is empty'],
  [{ command: ['x'] }, 'mcpServers.s.command must be a string, but is array'],
  [{ command: 'x\0' }, 'mcpServers.s.command must not contain a NUL character'],
  [{ command: 'x', args: 'y' }, 'mcpServers.s.args must be an array of strings, but is string'],
  [{ command: 'x', args: ['a', 1] }, 'mcpServers.s.args[1] must be a string, but is number'],
  [{ command: 'x', env: ['A=b'] }, 'mcpServers.s.env must be an object of strings, but is array'],
  [{ command: 'x', env: { A: 1 } }, 'mcpServers.s.env.A must be a string, but is number'],
  [{ command: 'x', env: { 'A=B': '1' } }, 'mcpServers.s.env has the name "A=B", which no environment variable can have'],
  [{ command: 'x', env: { A: '${NOT_SET}' } }, 'mcpServers.s.env.A needs the environment variable NOT_SET'],
  [{ url: 'ftp://y' }, 'mcpServers.s.url must be an http: or https: address'],
  [{ url: 'not an address' }, 'mcpServers.s.url must be an http: or https: address'],
  [{ url: 'http://me:pass@y/' }, 'mcpServers.s.url must not hold a user name or password; send them in "headers"'],
  [{ url: 'http://y', headers: { 'bad name': 'v' } }, 'mcpServers.s.headers holds "bad name", whose name or value no HTTP header can have'],
  [{ url: 'http://y', headers: { ok: 'a\nb' } }, 'mcpServers.s.headers holds "ok"'],
])('a malformed entry is refused with one clear error: %j', (config, message) => {
  expect(() => create({ s: config })).toThrow(message);
});

test('options out of range are refused by name', () => {
  expect(() => createToolGateway({ servers: [] as never })).toThrow('mcpServers must be an object of servers, but is array');
  for (const value of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 31]) {
    expect(() => createToolGateway({ servers: {}, callTimeoutMs: value })).toThrow(`callTimeoutMs must be a whole number of milliseconds from 1 to 2147483647, but is ${value}`);
  }
  expect(() => createToolGateway({ servers: {}, maxResultChars: 10 })).toThrow(/maxResultChars must be a whole number from 1024/u);
  expect(() => createToolGateway({ servers: {}, policy: { deny: ['mcp__*__x'] } })).toThrow('tools.deny[0] "mcp__*__x"');
  expect(() => createToolGateway({ servers: {} }).scope(['fs'])).toThrow('Invalid request: allowedTools[0] "fs" must begin with "mcp__"');
});

test('our own server is recognised however it is written, and skipped', () => {
  const own: ServerConfig[] = [
    { command: 'code-executor-mcp' },
    { command: '/usr/bin/code-executor-mcp' },
    { command: 'npx', args: ['-y', 'code-executor-mcp@0.1.0'] },
    { command: 'node', args: ['/x/node_modules/code-executor-mcp/dist/bin.js'] },
    { command: 'sh', args: ['-c', 'exec "code-executor-mcp" --http'] },
    { command: 'C:\\npm\\code-executor-mcp.cmd' },
  ];
  for (const config of own) expect(isOwnServer('any', config)).toBe(true);
  expect(isOwnServer('code-executor', { url: 'http://127.0.0.1:1/' })).toBe(true);
  expect(isOwnServer('fs', { command: 'npx', args: ['/data/my-code-executor-mcp', '/data/code-executor-mcp-files'] })).toBe(false);
  const gateway = createToolGateway({ servers: { 'code-executor': { command: 'x', args: ['${NOT_SET}'] }, off: { command: 'y', disabled: true } } });
  expect(gateway.servers()).toEqual([
    { name: 'code-executor', transport: 'stdio', status: 'skipped', reason: 'it is this product itself' },
    { name: 'off', transport: 'stdio', status: 'skipped', reason: 'it is disabled' },
  ]);
});

test('the environment of children is a short list on every platform', () => {
  const given = { PATH: '/bin', Path: 'C:\\', HOME: '/h', SHELL: '() { :; }', SystemRoot: 'C:\\Windows', SECRET: 'x', LANG: undefined };
  expect(baseEnvironment(given, 'linux')).toEqual({ PATH: '/bin', HOME: '/h' });
  expect(baseEnvironment(given, 'win32')).toEqual({ PATH: '/bin', Path: 'C:\\', SystemRoot: 'C:\\Windows' });
});
