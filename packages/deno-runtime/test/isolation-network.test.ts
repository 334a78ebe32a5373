import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDeno } from '../src/index.ts';
import { runner, scratchDirectory, testRuntime } from './support.ts';

const run = runner(testRuntime());
let connections = 0;
const servers: Server[] = [];
let forbidden = 0;
let bridge = 0;

beforeAll(async () => {
  const other = createServer((_, response) => response.end('secret'));
  other.on('connection', () => (connections += 1));
  forbidden = await listen(other, '::');
  bridge = await listen(createServer((_, response) => response.writeHead(307, { location: `http://127.0.0.1:${forbidden}/` }).end()), '127.0.0.1');
});
afterAll(() => servers.forEach((server) => server.close()));

async function listen(server: Server, host: string): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

const attempt = (expression: string): string => `try { console.log(await (${expression})) } catch (e) { console.log(String(e)) }`;
const settled = (open: string): string => `console.log(await new Promise((done) => { try { ${open} } catch (e) { done(String(e)) } }))`;

const DOORS: Record<string, (port: number, bridgePort: number) => string> = {
  ...Object.fromEntries(
    ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '127.1', '2130706433', '[::ffff:127.0.0.1]', '127.0.0.2'].map((host) => [
      `fetch of ${host}`,
      (port: number) => attempt(`fetch('http://${host}:${port}/').then((r) => r.text())`),
    ]),
  ),
  'a redirect from the bridge': (_, bridgePort) => attempt(`fetch('http://127.0.0.1:${bridgePort}/').then((r) => r.text())`),
  'Deno.connect': (port) => attempt(`Deno.connect({ hostname: '127.0.0.1', port: ${port} })`),
  'Deno.connectTls': (port) => attempt(`Deno.connectTls({ hostname: 'localhost', port: ${port} })`),
  'node:net': (port) => `import net from 'node:net';\n${settled(`net.connect(${port}, '127.0.0.1').on('connect', () => done('open')).on('error', (e) => done(String(e)))`)}`,
  'node:http': (port) => `import http from 'node:http';\n${settled(`http.get('http://127.0.0.1:${port}/', () => done('open')).on('error', (e) => done(String(e)))`)}`,
  'node:http2': (port) => `import http2 from 'node:http2';\n${settled(`http2.connect('http://127.0.0.1:${port}/').on('connect', () => done('open')).on('error', (e) => done(String(e)))`)}`,
  WebSocket: (port) => settled(`const w = new WebSocket('ws://127.0.0.1:${port}/'); w.onopen = () => done('open'); w.onerror = (e) => done((e as any).message)`),
  EventSource: (port) => settled(`const s = new EventSource('http://127.0.0.1:${port}/'); s.onopen = () => done('open'); s.onerror = () => { s.close(); done('failed') }`) + '\nDeno.exit(0);',
  'a client with a proxy': (port, bridgePort) => attempt(`fetch('http://127.0.0.1:${bridgePort}/', { client: Deno.createHttpClient({ proxy: { url: 'http://127.0.0.1:${port}' } }) }).then((r) => r.text())`),
  'an http: import': (port) => attempt(`import('http://127.0.0.1:${port}/x.js')`),
  'an https: import': (port) => attempt(`import('https://127.0.0.1:${port}/x.js')`),
};

describe('no connection leaves the sandbox but to the bridge:', () => {
  test.for(Object.entries(DOORS))('%s', { concurrent: true }, async ([, program]) => {
    const address = { url: `http://127.0.0.1:${bridge}`, token: 'none' };
    const { output, error } = await run(program(forbidden, bridge), { bridge: address });
    expect(`${output}${error?.message ?? ''}`).not.toMatch(/secret|open/);
    expect(error?.kind ?? 'none').toMatch(/^(exception|policy|none)$/);
    expect(connections).toBe(0);
  });

  test.for([
    'import "npm:lodash"', 'import "jsr:@std/path"', 'import "https://deno.land/x/a.js"', 'import "lodash"', 'await import("npm:" + "lodash")', 'import "./other.ts"',
  ])('the import %s is refused by policy', async (program) => {
    const { error } = await run(program);
    expect(error).toMatchObject({ kind: 'policy', message: expect.stringMatching(/^Not allowed in the sandbox: imports/) as string });
  });

  test('without a bridge there is no network at all', async () => {
    const { error } = await run(`await fetch('http://127.0.0.1:${bridge}/')`);
    expect(error).toMatchObject({ kind: 'policy', message: `Not allowed in the sandbox: net access to "127.0.0.1:${bridge}"` });
  });

  test('it can neither listen nor ask a name server', async () => {
    for (const expression of ['Deno.listen({ port: 0 })', 'Deno.serve({ port: 0 }, () => new Response())', `Deno.resolveDns('example.com', 'A')`, `Deno.listenDatagram({ port: 0, transport: 'udp', hostname: '0.0.0.0' })`]) {
      const { output, error } = await run(`console.log(await (Deno as any)${expression.slice(4)})`);
      expect({ expression, output }).toEqual({ expression, output: '' });
      expect(error?.kind).toMatch(/^(policy|exception)$/);
    }
  });
});

test('the same program reaches the other server under a naive setting', async () => {
  const file = join(scratchDirectory(), 'naive.ts');
  writeFileSync(file, DOORS['fetch of 127.0.0.1']!(forbidden, bridge));
  const { stdout } = await promisify(execFile)(findDeno().path, ['run', '--quiet', '--no-check', '--allow-net', file], { env: {} });
  expect(stdout).toContain('secret');
  expect(connections).toBeGreaterThan(0);
});
