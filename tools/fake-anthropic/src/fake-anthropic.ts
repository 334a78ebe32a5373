import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, Script } from './behaviour.ts';
import { tokensIn, validateRequest, type MessagesRequest } from './fake-anthropic-rules.ts';
import { sendAnswer, sendError, sendHalf, sendJson } from './send.ts';
import { Tally } from './tally.ts';

/** The API on loopback: strict about requests, exact about usage, able to misbehave. */
export interface FakeAnthropic {
  readonly url: string;
  readonly apiKey: string;
  /** Message requests that passed validation, in order of arrival. */
  readonly requests: MessagesRequest[];
  /** What was wrong with requests that did not pass. */
  readonly refused: string[];
  /** Counts of tokens asked for. */
  readonly counts: MessagesRequest[];
  /** All kinds of tokens reported so far. */
  reportedTokens(): number;
  /** Requests whose connection the client ended before the answer was complete. */
  abandoned(): number;
  /** Resolves once this many message requests have arrived. */
  arrival(count: number): Promise<void>;
  /** Resolves once this many requests were abandoned. */
  abandonment(count: number): Promise<void>;
  /** Replaces the script. */
  script(next: Script): void;
  close(): Promise<void>;
}

/** How to start it. */
export interface FakeAnthropicOptions {
  /** @default one that no real service would take */
  apiKey?: string;
  /** @default every request gets the default answer */
  script?: Script;
  /** Models that exist; any other is 404. */
  models?: readonly string[];
}

/** Starts it on a free port. Default answer: `Echo: ` and the last message, cut at `max_tokens`, four characters a token. */
export async function startFakeAnthropic(options: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
  const expected = {
    apiKey: options.apiKey ?? ['sk', 'ant', 'fake', 'x'.repeat(24)].join('-'),
    models: options.models ?? ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'],
  };
  let script: Script = options.script ?? ((): Behaviour => ({ kind: 'answer' }));
  let reported = 0;
  const [arrived, abandoned] = [new Tally(), new Tally()];
  const requests: MessagesRequest[] = [];
  const counts: MessagesRequest[] = [];
  const refused: string[] = [];

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const text = await readText(incoming);
    const checked = validateRequest({ url: incoming.url ?? '', method: incoming.method ?? '', headers: incoming.headers, text }, expected);
    if ('status' in checked) {
      refused.push(checked.message);
      return sendError(outgoing, checked);
    }
    const { request, count } = checked;
    if (count) {
      counts.push(request);
      return sendJson(outgoing, 200, { input_tokens: tokensIn(request) });
    }
    requests.push(request);
    const decision = script(request, requests.length);
    arrived.add();
    const behaviour = await decision;
    const exchange = { request, incoming, outgoing, report: (tokens: number): void => void (reported += tokens) };
    if (behaviour.kind === 'answer') sendAnswer(behaviour, exchange);
    else if (behaviour.kind === 'error') sendError(outgoing, behaviour);
    else if (behaviour.kind === 'reset') incoming.socket.resetAndDestroy();
    else if (behaviour.kind === 'half') sendHalf(exchange);
    else if (behaviour.kind === 'raw') outgoing.writeHead(200, { 'content-type': behaviour.contentType ?? 'application/json' }).end(behaviour.body);
  }

  const server = createServer((incoming, outgoing) => {
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) abandoned.add();
    });
    // A script that throws must not leave its caller waiting.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: expected.apiKey,
    requests,
    refused,
    counts,
    reportedTokens: () => reported,
    abandoned: () => abandoned.count,
    arrival: (count) => arrived.reached(count),
    abandonment: (count) => abandoned.reached(count),
    script: (next) => void (script = next),
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
