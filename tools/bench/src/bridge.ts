import { createServer, request, Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startBridge } from '@code-executor/bridge-core';
import { inTurn, median, timed, type Figure } from './measure.ts';

const BODY = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(60) }] });
const CALLS = 300;

/** One caller's calls over keep-alive, against a bare node:http server that parses and answers JSON. */
export async function benchBridge(): Promise<Figure[]> {
  const bridge = await startBridge({
    provider: {
      name: 'instant',
      complete: async ({ model }) => ({ text: 'ok', model, stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 1 } }),
    },
  });
  const { token } = bridge.openSession({ executionId: 'bench' });
  const echo = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
    });
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const echoUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const calls = (url: string): Promise<number> => perCall(() => post(agent, `${url}/sample`, token));
  await calls(bridge.url);
  await calls(echoUrl);
  const samples = await inTurn(10, () => calls(bridge.url), () => calls(echoUrl));
  const starts = await inTurn(20, startAndClose, () => timed(startAndCloseEcho));
  agent.destroy();
  await bridge.close();
  echo.close();
  return [
    { name: 'bridge call, instant provider, one caller', samples: samples.ours, baseline: { name: 'node:http JSON echo', samples: samples.peer } },
    { name: 'start and close of a further bridge', samples: starts.ours, baseline: { name: 'node:http listen and close', samples: starts.peer } },
  ];
}

/** The median of a run of calls, one after the other. */
async function perCall(call: () => Promise<void>): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < CALLS; index += 1) samples.push(await timed(call));
  return median(samples);
}

function post(agent: Agent, url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };
    const outgoing = request(url, { method: 'POST', agent, headers }, (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`status ${incoming.statusCode}`));
      incoming.resume().once('end', resolve);
    });
    outgoing.once('error', reject);
    outgoing.end(BODY);
  });
}

function startAndClose(): Promise<number> {
  return timed(async () => (await startBridge({})).close());
}

async function startAndCloseEcho(): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise((resolve) => server.close(resolve));
}
