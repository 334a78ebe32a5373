import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, createEchoProvider, startBridge } from '../src/index.ts';
import { ask, deferred, fakeProvider, result } from './harness.ts';
import { rawConnect, requestText } from './raw.ts';

describe('connections', () => {
  let bridge: Bridge;
  afterEach(() => bridge.close());

  it('listens on 127.0.0.1 and on nothing else', async () => {
    bridge = await startBridge({ provider: createEchoProvider() });
    expect(bridge.url).toBe(`http://127.0.0.1:${bridge.port}`);
    const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ address, family }) => address !== '127.0.0.1' && family === 'IPv4');
    for (const host of ['[::1]', ...others.map(({ address }) => address)]) await expect(fetch(`http://${host}:${bridge.port}/budget`)).rejects.toThrow('fetch failed');
  });

  it('stays reachable for sessions while sockets that show no token use up the budget', async () => {
    bridge = await startBridge({ provider: createEchoProvider(), maxConnections: 64 });
    const session = bridge.openSession({ executionId: 'a' });
    const idle = await Promise.all(Array.from({ length: 200 }, () => rawConnect(bridge.port, 'POST /sam')));
    expect((await ask(bridge, session, 'hi')).status).toBe(200);
    for (const { socket } of idle) socket.destroy();
  });

  it('gives one session its own budget of requests in flight, and leaves the others theirs', async () => {
    const gate = deferred();
    const provider = fakeProvider(async () => gate.promise.then(() => result('ok')));
    bridge = await startBridge({ provider, maxConnectionsPerSession: 4 });
    const [greedy, modest] = [bridge.openSession({ executionId: 'greedy' }), bridge.openSession({ executionId: 'modest' })];
    const asks = Array.from({ length: 10 }, () => ask(bridge, greedy, 'hi'));
    const other = ask(bridge, modest, 'hi');
    const first = await Promise.race(asks);
    expect([first.status, first.body.code]).toEqual([503, 'too_many_connections']);
    gate.resolve();
    expect((await other).status).toBe(200);
    const codes = (await Promise.all(asks)).map(({ status }) => status);
    expect(codes.filter((status) => status === 200)).toHaveLength(4);
    expect(codes.filter((status) => status === 503)).toHaveLength(6);
  });

  it('lets one lone session have 64 calls in flight, and more', async () => {
    const gate = deferred();
    const all = deferred();
    const provider = fakeProvider(async () => {
      if (provider.requests.length === 100) all.resolve();
      await gate.promise;
      return result('ok');
    });
    bridge = await startBridge({ provider });
    const session = bridge.openSession({ executionId: 'lone' });
    const asks = Array.from({ length: 100 }, () => ask(bridge, session, 'hi'));
    await all.promise;
    gate.resolve();
    expect((await Promise.all(asks)).every(({ status }) => status === 200)).toBe(true);
  });

  it('stops every call on a connection that closes, also those pipelined behind another', async () => {
    const stopped: number[] = [];
    const [all, over] = [deferred(), deferred()];
    const provider = fakeProvider((_request, signal) => {
      const ordinal = provider.requests.length;
      if (ordinal === 12) all.resolve();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          if (stopped.push(ordinal) === 12) over.resolve();
          reject(new Error('aborted'));
        }, { once: true });
      });
    });
    bridge = await startBridge({ provider });
    const session = bridge.openSession({ executionId: 'pipelined' });
    const one = requestText(bridge.port, { headers: { Authorization: `Bearer ${session.token}` }, body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }) });
    const { socket } = await rawConnect(bridge.port, one.repeat(12));
    await all.promise;
    socket.destroy();
    await over.promise;
    expect(stopped).toHaveLength(12);
  });

  it('closes at once while clients hold half a header, half a body and a running call', async () => {
    const started = deferred();
    const provider = fakeProvider(() => {
      started.resolve();
      return new Promise(() => undefined);
    });
    bridge = await startBridge({ provider });
    const session = bridge.openSession({ executionId: 'half' });
    const authorization = { Authorization: `Bearer ${session.token}` };
    const halves = [
      await rawConnect(bridge.port, 'POST /sample HTTP/1.1\r\nHost: 127'),
      await rawConnect(bridge.port, requestText(bridge.port, { headers: { ...authorization, 'Content-Length': '500' }, body: '{"mess' })),
    ];
    const running = ask(bridge, session, 'hi').catch(() => undefined);
    await started.promise;
    const begun = performance.now();
    await bridge.close();
    expect(performance.now() - begun).toBeLessThan(2_000);
    await Promise.all(halves.map(({ closed }) => closed));
    await running;
    await expect(fetch(bridge.url)).rejects.toThrow('fetch failed');
    await bridge.close();
    expect(() => bridge.openSession({ executionId: 'late' })).toThrow('The bridge is closed');
  });

  it('says why it cannot start, and leaves nothing listening', async () => {
    bridge = await startBridge({});
    await expect(startBridge({ socketPath: '/nonexistent/folder/b.sock' })).rejects.toMatchObject({ code: 'bridge_start', message: expect.stringMatching(/^Bridge server failed to start: .*\/nonexistent\/folder/) });
  });

  it('also listens on a Unix socket, under the Host bridge.invalid', async () => {
    const { mkdtemp, rm, stat } = await import('node:fs/promises');
    const { request } = await import('node:http');
    const { join } = await import('node:path');
    const { tmpdir } = await import('node:os');
    const folder = await mkdtemp(join(tmpdir(), 'bridge-'));
    const socketPath = join(folder, 'b.sock');
    bridge = await startBridge({ provider: createEchoProvider(), socketPath });
    const session = bridge.openSession({ executionId: 'unix' });
    const get = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ socketPath, path: `http://${host}/budget`, headers: { host, authorization: `Bearer ${session.token}` } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject).end();
      });
    expect(await get('bridge.invalid')).toBe(200);
    expect(await get(`127.0.0.1:${bridge.port}`)).toBe(421);
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    await bridge.close();
    await rm(folder, { recursive: true, force: true });
  });
});
