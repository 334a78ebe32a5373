import type { IncomingMessage, ServerResponse } from 'node:http';
import { totalOf, type AnswerBehaviour, type ErrorBehaviour, type ReportedUsage } from './behaviour.ts';
import { tokensIn, type MessagesRequest } from './fake-anthropic-rules.ts';

/** One request that passed validation, and where its answer goes. */
export interface Exchange {
  request: MessagesRequest;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Told of tokens as they are reported. */
  report: (tokens: number) => void;
}

interface Reply {
  text: string;
  usage: ReportedUsage | null;
  head: { id: string; type: 'message'; role: 'assistant'; model: string };
  stop: string;
}

/** Sends a message, whole or as a stream, as the request asks. */
export function sendAnswer(given: AnswerBehaviour, exchange: Exchange): void {
  const reply = replyTo(exchange.request, given);
  if (exchange.request.stream === true) sendStream(given, reply, exchange);
  else {
    exchange.report(totalOf(reply.usage));
    sendJson(exchange.outgoing, 200, wholeMessage(reply));
  }
}

/** Sends half of a whole answer, then resets the connection. */
export function sendHalf({ request, incoming, outgoing }: Exchange): void {
  const body = JSON.stringify(wholeMessage(replyTo(request, { kind: 'answer' })));
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  outgoing.write(body.slice(0, body.length / 2), () => incoming.socket.resetAndDestroy());
}

/** Sends an error in the API's form. */
export function sendError(outgoing: ServerResponse, { status, type, message, headers }: Omit<ErrorBehaviour, 'kind'>): void {
  sendJson(outgoing, status, { type: 'error', error: { type: type ?? 'api_error', message: message ?? `status ${status}` } }, headers);
}

/** Sends JSON with the headers that the API always has. */
export function sendJson(outgoing: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers }).end(JSON.stringify(body));
}

function replyTo(request: MessagesRequest, given: AnswerBehaviour): Reply {
  const whole = given.pieces?.join('') ?? given.text ?? `Echo: ${request.messages.at(-1)?.content ?? ''}`;
  const scripted = given.text !== undefined || given.pieces !== undefined;
  const text = scripted ? whole : whole.slice(0, request.max_tokens * 4);
  return {
    text,
    usage: given.usage === undefined ? { input_tokens: tokensIn(request), output_tokens: Math.ceil(text.length / 4) } : given.usage,
    head: { id: 'msg_1', type: 'message', role: 'assistant', model: given.model ?? request.model },
    stop: given.stopReason ?? (text.length < whole.length ? 'max_tokens' : 'end_turn'),
  };
}

function wholeMessage({ text, usage, head, stop }: Reply): object {
  return { ...head, content: [{ type: 'text', text, citations: null }], stop_reason: stop, stop_sequence: null, ...(usage && { usage }) };
}

function sendStream(given: AnswerBehaviour, { text, usage, head, stop }: Reply, { incoming, outgoing, report }: Exchange): void {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (type: string, data: object): void => void outgoing.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const start = usage && { ...usage, output_tokens: Math.min(1, usage.output_tokens) };
  report(totalOf(start));
  event('message_start', { message: { ...head, content: [], stop_reason: null, stop_sequence: null, ...(start && { usage: start }) } });
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  event('ping', {});
  for (const piece of given.pieces ?? text.match(/[\s\S]{1,12}/g) ?? []) {
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } });
  }
  if (given.breakOff === 'silence') return;
  // After the pieces have left: a reset would otherwise overtake them.
  if (given.breakOff === 'reset') return void outgoing.write(': \n\n', () => incoming.socket.resetAndDestroy());
  if (given.breakOff === 'end') return void outgoing.end();
  if (given.breakOff === 'error') {
    event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    return void outgoing.end();
  }
  event('content_block_stop', { index: 0 });
  report(totalOf(usage) - totalOf(start));
  event('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: usage?.output_tokens ?? 0 } });
  event('message_stop', {});
  outgoing.end();
}
