import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createPyodideRuntime, type PyodideRuntime, type PyodideRuntimeOptions } from '../src/index.ts';

/** Shared by all test files and kept between runs, so that the snapshot is made once. */
export const testCacheDir: string = join(import.meta.dirname, '../../../node_modules/.cache/code-executor-test');

/** ms that a hook may take which makes the snapshot. */
export const SNAPSHOT_HOOK_MS = 120_000;

export function createTestRuntime(options: PyodideRuntimeOptions = {}): PyodideRuntime {
  return createPyodideRuntime({ cacheDir: testCacheDir, ...options });
}

export interface BridgeCall {
  method: string;
  path: string;
  authorization: string | undefined;
  body: unknown;
}

/** A bridge that answers as the test says and remembers what it was asked. */
export async function startTestBridge(
  answer: (call: BridgeCall, response: ServerResponse) => void,
): Promise<{ url: string; calls: BridgeCall[]; connections: () => number; close: () => Promise<void> }> {
  const calls: BridgeCall[] = [];
  let connections = 0;
  const server: Server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const call: BridgeCall = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: text === '' ? undefined : JSON.parse(text),
      };
      calls.push(call);
      answer(call, response);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
