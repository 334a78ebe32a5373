import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tokensIn, validateRequest, type MessagesRequest } from './fake-anthropic-rules.ts';

export type { MessagesRequest } from './fake-anthropic-rules.ts';

/** Token counts as the API reports them. */
export interface ReportedUsage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens?: number;
  cache_read_input_tokens?: number;
}

/** How one request is answered. */
export type Behaviour =
  /** A message; streamed in `pieces` where a stream is asked, which may break off after them in several ways. */
  | { kind: 'answer'; text?: string; pieces?: string[]; usage?: ReportedUsage | null; stopReason?: string; model?: string; breakOff?: 'reset' | 'silence' | 'error' | 'end' }
  /** An error status in the API's form. */
  | { kind: 'error'; status: number; type?: string; message?: string; headers?: Record<string, string> }
  /** Status 200 with this body as it is. */
  | { kind: 'raw'; body: string; contentType?: string }
  /** The connection is reset before anything is sent. */
  | { kind: 'reset' }
  /** Nothing is ever sent. */
  | { kind: 'silence' };

/** Decides on a request; waiting holds it back. */
export type Script = (request: MessagesRequest, ordinal: number) => Behaviour | Promise<Behaviour>;

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
  /** Replaces the script. */
  script(next: Script): void;
  close(): Promise<void>;
}

/** Starts it on a free port. Default answer: `Echo: ` and the last message, cut at `max_tokens`, four characters a token. */
export async function startFakeAnthropic(options: { apiKey?: string; script?: Script; models?: readonly string[] } = {}): Promise<FakeAnthropic> {
  const state = {
    apiKey: options.apiKey ?? ['sk', 'ant', 'fake', 'x'.repeat(24)].join('-'),
    models: options.models ?? ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'],
    script: options.script ?? ((): Behaviour => ({ kind: 'answer' })),
    requests: [] as MessagesRequest[],
    refused: [] as string[],
    counts: [] as MessagesRequest[],
    reported: 0,
    abandoned: 0,
  };
  const server: Server = createServer((incoming, outgoing) => {
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) state.abandoned++;
    });
    void readText(incoming).then((text) => handle(text, incoming, outgoing), () => outgoing.destroy());
  });

  async function handle(text: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const checked = validateRequest({ url: incoming.url ?? '', method: incoming.method ?? '', headers: incoming.headers, text }, state);
    if ('status' in checked) {
      state.refused.push(checked.message);
      return sendError(outgoing, { kind: 'error', ...checked });
    }
    if (checked.count) {
      state.counts.push(checked.request);
      return sendJson(outgoing, 200, { input_tokens: tokensIn(checked.request) });
    }
    state.requests.push(checked.request);
    const behaviour = await state.script(checked.request, state.requests.length);
    if (behaviour.kind === 'error') return sendError(outgoing, behaviour);
    if (behaviour.kind === 'reset') return void incoming.socket.resetAndDestroy();
    if (behaviour.kind === 'silence') return;
    if (behaviour.kind === 'raw') return void outgoing.writeHead(200, { 'content-type': behaviour.contentType ?? 'application/json' }).end(behaviour.body);
    answer(checked.request, behaviour, incoming, outgoing);
  }

  function answer(request: MessagesRequest, given: Extract<Behaviour, { kind: 'answer' }>, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const asked = request.messages.at(-1)?.content ?? '';
    const whole = given.pieces?.join('') ?? given.text ?? `Echo: ${asked}`;
    const room = request.max_tokens * 4;
    const text = given.text === undefined && given.pieces === undefined ? whole.slice(0, room) : whole;
    const usage = given.usage === undefined ? { input_tokens: tokensIn(request), output_tokens: Math.ceil(text.length / 4) } : given.usage;
    const stop = given.stopReason ?? (text.length < whole.length ? 'max_tokens' : 'end_turn');
    const model = given.model ?? request.model;
    if (request.stream !== true) {
      state.reported += total(usage);
      const content = [{ type: 'text', text, citations: null }];
      return sendJson(outgoing, 200, { id: 'msg_1', type: 'message', role: 'assistant', model, content, stop_reason: stop, stop_sequence: null, ...(usage ? { usage } : {}) });
    }
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (type: string, data: object): void => void outgoing.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    const start = usage && { ...usage, output_tokens: Math.min(1, usage.output_tokens) };
    state.reported += total(start);
    event('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, ...(start ? { usage: start } : {}) } });
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
    event('ping', {});
    for (const piece of given.pieces ?? text.match(/[\s\S]{1,12}/g) ?? []) event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } });
    if (given.breakOff === 'silence') return;
    // After the pieces have left: a reset would otherwise overtake them.
    if (given.breakOff === 'reset') return void outgoing.write(': \n\n', () => incoming.socket.resetAndDestroy());
    if (given.breakOff === 'end') return void outgoing.end();
    if (given.breakOff === 'error') {
      event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
      return void outgoing.end();
    }
    event('content_block_stop', { index: 0 });
    state.reported += total(usage) - total(start);
    event('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: usage?.output_tokens ?? 0 } });
    event('message_stop', {});
    outgoing.end();
  }

  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: state.apiKey,
    requests: state.requests,
    refused: state.refused,
    counts: state.counts,
    reportedTokens: () => state.reported,
    abandoned: () => state.abandoned,
    script: (next) => void (state.script = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

function total(usage: ReportedUsage | null): number {
  if (!usage) return 0;
  return usage.input_tokens + usage.output_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}

function sendError(outgoing: ServerResponse, { status, type, message, headers }: Extract<Behaviour, { kind: 'error' }>): void {
  sendJson(outgoing, status, { type: 'error', error: { type: type ?? 'api_error', message: message ?? `status ${status}` } }, headers);
}

function sendJson(outgoing: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers }).end(JSON.stringify(body));
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
