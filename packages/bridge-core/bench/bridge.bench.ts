/**
 * A bridge call against a bare node:http JSON echo, in one run and over the same keep-alive client,
 * and the start of further bridges. Run: node --conditions=@code-executor/source bench/bridge.bench.ts
 * Ratios are what counts; absolute figures depend on the machine. Server and client share the process.
 */
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Provider, startBridge } from '../src/index.ts';
import { createLedger } from '../test/ledger.ts';

const CALLS = 3_000;
const BRIDGES = 50;
/** Aim: start of a further bridge, median in ms. */
const AIM_START_MS = 2;

interface Target {
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
}

const instant: Provider = {
  name: 'instant',
  complete: async () => ({ text: 'ok', model: 'instant', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 } }),
};

async function startEcho(): Promise<{ port: number; close: () => void }> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

function callOnce(agent: Agent, target: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(target.body), ...target.headers };
    const call = httpRequest({ agent, host: '127.0.0.1', port: target.port, path: target.path, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
    });
    call.on('error', reject);
    call.end(target.body);
  });
}

/** Milliseconds of each call, and of all together in wall and CPU time. */
async function measure(target: Target, callers: number): Promise<{ median: number; min: number; perSecond: number; cpuMicros: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const times: number[] = [];
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const begun = performance.now();
      await callOnce(agent, target);
      times.push(performance.now() - begun);
    }
  };
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const wall = performance.now() - begun;
  const used = process.cpuUsage(cpu);
  agent.destroy();
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] ?? 0, min: times[0] ?? 0, perSecond: (CALLS / wall) * 1_000, cpuMicros: (used.user + used.system) / CALLS };
}

const echo = await startEcho();
const bridge = await startBridge({ provider: instant, limiter: createLedger(), audit: { append: async () => undefined } });
const out = (line: string): void => void process.stdout.write(`${line}\n`);

for (const size of [100, 10_000, 100_000]) {
  for (const callers of [1, 16]) {
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'word '.repeat(size / 5) }], maxTokens: 1 });
    // A session per measurement: the list of its calls is bounded, its sums are not.
    const session = bridge.openSession({ executionId: `${size}/${callers}`, limits: { rounds: 1e9, tokens: 1e12 } });
    const ours: Target = { port: bridge.port, path: '/sample', headers: { authorization: `Bearer ${session.token}` }, body };
    const bare: Target = { port: echo.port, path: '/', headers: {}, body };
    await measure(bare, callers);
    await measure(ours, callers);
    const [a, b] = [await measure(bare, callers), await measure(ours, callers)];
    const throughput = b.perSecond / a.perSecond;
    out(`${size} B, ${callers} caller(s): bridge ${b.median.toFixed(3)} ms median, ${b.min.toFixed(3)} min, ${b.perSecond.toFixed(0)}/s, ${b.cpuMicros.toFixed(0)} us cpu`);
    out(`  bare echo ${a.median.toFixed(3)} ms median, ${a.min.toFixed(3)} min, ${a.perSecond.toFixed(0)}/s, ${a.cpuMicros.toFixed(0)} us cpu; calls/s x${throughput.toFixed(2)}, cpu x${(b.cpuMicros / a.cpuMicros).toFixed(2)} (client included in both)`);
    await session.close();
  }
}

const starts: number[] = [];
for (let i = 0; i < BRIDGES; i++) {
  const begun = performance.now();
  const further = await startBridge({ provider: instant });
  starts.push(performance.now() - begun);
  await further.close();
}
starts.sort((a, b) => a - b);
const start = starts[starts.length >> 1] ?? 0;
out(`start of a further bridge: ${start.toFixed(2)} ms median, ${starts[0]?.toFixed(2)} min`);
await bridge.close();
echo.close();
process.exitCode = start > AIM_START_MS ? 1 : 0;
