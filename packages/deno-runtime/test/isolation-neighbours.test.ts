import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDeno } from '../src/index.ts';
import { runner, scratchDirectory, testRuntime } from './support.ts';

const run = runner(testRuntime());
const deno = promisify(execFile);
const directory = scratchDirectory();
/** UDP sockets of this machine at the bridge's port, as the kernel lists them, whenever a program says that it has one. */
const seen: string[] = [];
const bridge = createServer((_, response) => {
  seen.push(...udpSockets());
  response.end();
});
let port = 0;
/** A port at which nobody listens, granted as if it were a bridge's. */
let free = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => bridge.listen(0, '127.0.0.1', resolve));
  port = (bridge.address() as AddressInfo).port;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  free = (other.address() as AddressInfo).port;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => bridge.close());

function udpSockets(): string[] {
  if (process.platform !== 'linux') return [];
  const address = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return readFileSync('/proc/net/udp', 'utf8').split('\n').filter((line) => line.slice(0, 24).includes(address));
}

const address = (at: number): { url: string; token: string } => ({ url: `http://127.0.0.1:${at}`, token: 'none' });
const required = `import { createRequire } from 'node:module';\nconst require = createRequire('file:///x.js');\n`;
const bound = (): string => `await fetch('http://127.0.0.1:${port}/');`;
const bind = (socket: string): string =>
  `const s = ${socket};\nawait new Promise<void>((done) => s.bind(${port}, '127.0.0.1', done));\n${bound()}\ns.close();`;

const UDP: Record<string, () => string> = {
  'node:dgram createSocket': () => `import { createSocket } from 'node:dgram';\n${bind(`createSocket({ type: 'udp4', reuseAddr: true })`)}`,
  'node:dgram Socket': () => `import dgram from 'node:dgram';\n${bind(`new (dgram as any).Socket({ type: 'udp4', reuseAddr: true })`)}`,
  'node:dgram over IPv6': () => `import { createSocket } from 'node:dgram';\n${bind(`createSocket('udp6')`)}`,
  "require('dgram')": () => `${required}${bind(`require('dgram').createSocket({ type: 'udp4', reuseAddr: true })`)}`,
  'internal/dgram': () => `${required}const s = require('internal/dgram').newHandle('udp4', () => {});\ns.bind('127.0.0.1', ${port}, 0);\n${bound()}`,
  'process.binding': () => `const s = new ((process as any).binding('udp_wrap').UDP)();\ns.bind('127.0.0.1', ${port}, 0);\n${bound()}`,
  'internal bindings': () => `${required}const s = new (require('internal/test/binding').internalBinding('udp_wrap').UDP)();\ns.bind('127.0.0.1', ${port}, 0);\n${bound()}`,
  'a sender alone': () => `import { createSocket } from 'node:dgram';\nconst s = createSocket('udp4');\nawait new Promise((done) => s.send('x', ${port}, '127.0.0.1', done));\n${bound()}\ns.close();`,
};

const LISTENERS: Record<string, string> = {
  'Deno.listen': `Deno.listen({ port: PORT, hostname: '127.0.0.1', reusePort: true } as any)`,
  'Deno.listenTls': `Deno.listenTls({ port: PORT, hostname: '127.0.0.1', cert: '', key: '' })`,
  'Deno.serve': `Deno.serve({ port: PORT, hostname: '127.0.0.1', reusePort: true } as any, () => new Response())`,
  ...Object.fromEntries(['net', 'http', 'http2', 'tls'].map((name) => [
    `node:${name}`, `process.getBuiltinModule('node:${name}').createServer().listen({ port: PORT, host: '127.0.0.1', reusePort: true })`,
  ])),
  'process.binding': `new ((process as any).binding('tcp_wrap').TCP)(1).bind('127.0.0.1', PORT)`,
};

describe('two programs with one bridge cannot meet', () => {
  test.for(Object.entries(UDP))('by way of %s', async ([, program]) => {
    const { error } = await run(program(), { bridge: address(port) });
    expect(error).toMatchObject({ kind: 'policy', message: 'Not allowed in the sandbox: UDP sockets' });
    expect(seen).toEqual([]);
  });

  test.for(Object.entries(LISTENERS))('nor by %s, be the port free or not', async ([, expression]) => {
    for (const at of [port, free]) {
      const { error } = await run(expression.replaceAll('PORT', String(at)), { bridge: address(at) });
      expect(error).toMatchObject({ kind: 'policy', message: 'Not allowed in the sandbox: listening for connections' });
    }
  });

  test('nor by a Unix socket without a file', async () => {
    for (const call of ['createServer().listen', 'connect']) {
      const { error } = await run(`import net from 'node:net';\nnet.${call}({ path: '\\0neighbour' }, () => console.log('open'));`, { bridge: address(port) });
      expect(error).toMatchObject({ kind: 'policy', message: 'Not allowed in the sandbox: Unix sockets' });
    }
  });

  test('one that waits for the other, and the other, get nothing but the refusal', async () => {
    const [a, b] = await Promise.all([receiver(), sender()].map((code) => run(code, { bridge: address(port) })));
    for (const { output, error } of [a!, b!]) {
      expect(output).toBe('');
      expect(error?.message).toBe('Not allowed in the sandbox: UDP sockets');
    }
  });

  test('while the same two do under the bare permission', async () => {
    const file = (name: string, code: string): string => {
      writeFileSync(join(directory, name), code);
      return join(directory, name);
    };
    const args = ['run', '--quiet', '--no-check', `--allow-net=127.0.0.1:${port}`];
    const sending = new AbortController();
    const up = new Promise((resolve) => bridge.once('request', resolve));
    const other = deno(findDeno().path, [...args, file('sender.ts', sender())], { env: {}, signal: sending.signal }).catch(() => {});
    await up;
    const { stdout } = await deno(findDeno().path, [...args, file('receiver.ts', receiver())], { env: {} });
    sending.abort();
    await other;
    expect(stdout).toBe('from the neighbour\n');
  });
});

/** Waits for one message at the bridge's own port. */
const receiver = (): string => `import { createSocket } from 'node:dgram';
const s = createSocket({ type: 'udp4', reuseAddr: true });
s.on('message', (message) => { console.log(String(message)); s.close(); });
s.bind(${port}, '127.0.0.1');`;

/** Has the port first, and sends until it is stopped, because nothing tells it when the other is there. */
const sender = (): string => `import { createSocket } from 'node:dgram';
const s = createSocket({ type: 'udp4', reuseAddr: true });
await new Promise<void>((done) => s.bind(${port}, '127.0.0.1', done));
${bound()}
setInterval(() => s.send('from the neighbour', ${port}, '127.0.0.1'), 5);`;
