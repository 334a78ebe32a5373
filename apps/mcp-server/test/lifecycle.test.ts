import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeAnthropic, type FakeAnthropic } from '@code-executor/fake-anthropic';
import { afterEach, expect, it } from 'vitest';
import { assertGone, connect, descendants, startServer, type ServerProcess } from './support.ts';

const servers: ServerProcess[] = [];
const apis: FakeAnthropic[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await Promise.all(apis.splice(0).map((api) => api.close()));
});

function start(env: Record<string, string> = {}): ServerProcess {
  const server = startServer(env);
  servers.push(server);
  return server;
}

/** A server in the middle of a program that waits for a model that never answers, and one that spins. */
async function busyServer(): Promise<{ server: ServerProcess; api: FakeAnthropic; sandboxes: number[] }> {
  let asked = (): void => {};
  const reached = new Promise<void>((resolve) => (asked = resolve));
  const api = await startFakeAnthropic({
    script: () => {
      asked();
      return { kind: 'silence' };
    },
  });
  apis.push(api);
  const server = start({ ANTHROPIC_API_KEY: api.apiKey, ANTHROPIC_BASE_URL: api.url });
  const client = await connect(server);
  const programs = ['await llm.ask("x")', 'while (true) {}'];
  for (const code of programs) {
    client.callTool({ name: 'executeTypescript', arguments: { code, enableSampling: true } }).catch(() => {});
  }
  await reached;
  const sandboxes = await untilAtLeast(() => descendants(server.child.pid as number), programs.length);
  return { server, api, sandboxes };
}

async function untilAtLeast(look: () => number[], count: number): Promise<number[]> {
  for (;;) {
    const found = look();
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it.each(['SIGTERM', 'SIGINT'] as const)('leaves no process and no file after %s in the middle of work', async (signal) => {
  const { server, sandboxes } = await busyServer();
  server.child.kill(signal);
  expect((await server.exited).code).toBe(0);
  await assertGone(sandboxes, 1_000);
  expect(readdirSync(server.home).filter((name) => name.startsWith('code-executor-'))).toEqual([]);
});

it('leaves no process after SIGKILL in the middle of work', async () => {
  const { server, sandboxes } = await busyServer();
  server.child.kill('SIGKILL');
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await assertGone(sandboxes, 1_000);
});

it('leaves no process, and no request upstream, when stdin ends in the middle of work', async () => {
  const { server, api, sandboxes } = await busyServer();
  server.child.stdin.end();
  expect((await server.exited).code).toBe(0);
  await assertGone(sandboxes, 1_000);
  expect(api.abandoned()).toBe(1);
});

it('cancels an execution on request, sandbox and all, and goes on serving', async () => {
  const server = start();
  const client = await connect(server);
  const aborter = new AbortController();
  const cancelled = client.callTool({ name: 'executeTypescript', arguments: { code: 'while (true) {}' } }, undefined, {
    signal: aborter.signal,
  });
  const sandboxes = await untilAtLeast(() => descendants(server.child.pid as number), 1);
  aborter.abort('enough');
  await expect(cancelled).rejects.toThrow('enough');
  await assertGone(sandboxes, 1_000);
  const next = await client.callTool({ name: 'executeTypescript', arguments: { code: 'console.log("next")' } });
  expect(next.structuredContent).toMatchObject({ success: true, output: 'next\n' });
});

it('answers what follows a line that is no JSON', async () => {
  const server = start();
  server.send('this is not JSON');
  await connect(server);
  server.send({ jsonrpc: '2.0', id: 99, method: 'ping' });
  expect(await server.receive(({ id }) => id === 99)).toMatchObject({ result: {} });
});

it('stops at the start with one clear line and status 2 where the configuration is broken', async () => {
  const server = start({ CODE_EXECUTOR_MAX_SAMPLING_ROUNDS: 'many' });
  expect((await server.exited).code).toBe(2);
  expect(server.stderr()).toBe('code-executor: CODE_EXECUTOR_MAX_SAMPLING_ROUNDS: sampling.maxRoundsPerExecution must be a whole number, got "many"\n');
  expect(server.stdout).toEqual([]);
});

it('says in the sandbox what is missing where there is no key', async () => {
  const client = await connect(start());
  const answer = await client.callTool({
    name: 'executeTypescript',
    arguments: { code: 'await llm.ask("x")', enableSampling: true },
  });
  expect(answer.structuredContent).toMatchObject({
    error: { code: 'no_provider', message: expect.stringContaining('ANTHROPIC_API_KEY not set') as string },
  });
});

it('keeps the key out of command lines, environments and everything that it writes', async () => {
  const { server, api, sandboxes } = await busyServer();
  for (const pid of sandboxes) {
    for (const file of ['cmdline', 'environ']) {
      expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(api.apiKey);
    }
  }
  expect(server.stdout.join('\n') + server.stderr()).not.toContain(api.apiKey);
});

it('writes the audit log into the home directory, private to its user', async () => {
  const server = start();
  const client = await connect(server);
  await client.callTool({ name: 'executeTypescript', arguments: { code: 'console.log(1)' } });
  const log = readFileSync(join(server.home, '.code-executor/audit-log.jsonl'), 'utf8');
  expect(log.match(/"kind":"execution"/g)).toHaveLength(1);
});

it('reads the configuration file of the home directory', async () => {
  const server = startServer({ CODE_EXECUTOR_CONFIG: '' });
  servers.push(server);
  mkdirSync(join(server.home, '.code-executor'), { recursive: true });
  writeFileSync(join(server.home, '.code-executor/config.json'), JSON.stringify({ sampling: { enabled: true, provider: 'echo' } }));
  const client = await connect(server);
  const answer = await client.callTool({ name: 'executeTypescript', arguments: { code: 'console.log(await llm.ask("x"))' } });
  expect(answer.structuredContent).toMatchObject({ success: true, samplingMetrics: { totalRounds: 1 } });
});
