import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { openGateway } from '../src/gateway.ts';
import { assembleParts, connectionLimits, type Parts } from '../src/parts.ts';
import { CACHE_DIR, freshFolder } from './support.ts';

async function openParts(maxParallelExecutions: number): Promise<Parts> {
  const env = { HOME: freshFolder() };
  const config = configSchema.parse({ sampling: { enabled: true, provider: 'echo' }, runtime: { cacheDir: CACHE_DIR, maxParallelExecutions } });
  const gateway = openGateway(config, env, () => {});
  const parts = await assembleParts({ config, env, notify: () => {}, log: () => {}, gateway });
  onTestFinished(async () => {
    await parts.close();
    await gateway.close();
  });
  return parts;
}

const open = (parts: Parts, executionId: string) => parts.bridge.openSession({ executionId, sampling: true, limits: { rounds: 10, tokens: 1_000 } });

/** A connection that has shown a token and then stays open; the status of its answer, none where it was cut. */
async function hold({ bridge }: Parts, token: string): Promise<{ status: number | undefined; socket: Socket }> {
  const socket = connect({ host: '127.0.0.1', port: bridge.port });
  socket.on('error', () => undefined);
  socket.write(`GET /budget HTTP/1.1\r\nHost: 127.0.0.1:${bridge.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  const [first] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown];
  const status = Buffer.isBuffer(first) ? Number(/^HTTP\/1\.1 (\d{3})/.exec(first.toString('latin1'))?.[1]) : undefined;
  return { status, socket };
}

test('executions that hold all the connections they may keep no neighbour out', async () => {
  const parts = await openParts(4);
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  for (const name of ['a', 'b', 'c']) {
    const { token } = open(parts, name);
    const held = await Promise.all(Array.from({ length: 128 }, () => hold(parts, token)));
    sockets.push(...held.map(({ socket }) => socket));
    expect(new Set(held.map(({ status }) => status))).toEqual(new Set([200]));
    const further = await hold(parts, token);
    sockets.push(further.socket);
    expect(further.status).toBe(503);
  }
  // Further ones that show no token at all, more than there is room for.
  for (let n = 0; n < 300; n++) {
    const socket = connect({ host: '127.0.0.1', port: parts.bridge.port });
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
  }
  const neighbour = open(parts, 'neighbour');
  const { status, socket } = await hold(parts, neighbour.token);
  sockets.push(socket);
  expect(status).toBe(200);
});

test('for every number of parallel executions all of them at their limit leave room for one more', () => {
  for (let executions = 1; executions <= 1_000; executions++) {
    const { maxConnections, maxConnectionsPerSession } = connectionLimits(executions);
    expect(maxConnections - executions * maxConnectionsPerSession).toBeGreaterThanOrEqual(maxConnectionsPerSession);
    expect(maxConnectionsPerSession).toBeGreaterThanOrEqual(64);
    expect(maxConnections).toBeGreaterThanOrEqual(64);
    expect(maxConnections).toBeLessThanOrEqual(65_535);
  }
  expect(connectionLimits(16)).toEqual({ maxConnectionsPerSession: 128, maxConnections: 2_176 });
});
