import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { BridgeError } from '../errors.ts';
import type { WireBudget } from '../types.ts';

/** The JSON body of every refusal. */
export function errorBody(error: BridgeError, budget?: WireBudget): string {
  return JSON.stringify({
    error: error.message,
    code: error.code,
    ...(error.quotaRemaining ? { quotaRemaining: error.quotaRemaining } : {}),
    ...(budget ? { budget } : {}),
  });
}

/** Sends a whole JSON reply; nothing happens where the client is gone. */
export function sendJson(outgoing: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  if (outgoing.destroyed || outgoing.headersSent) return;
  // The client is gone already; 499 is for logs and never leaves.
  outgoing.writeHead(status === 499 ? 503 : status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  outgoing.end(body);
}

/** Sends a refusal. */
export function sendError(outgoing: ServerResponse, error: BridgeError, options: { budget?: WireBudget; headers?: Record<string, string> } = {}): void {
  sendJson(outgoing, error.status, errorBody(error, options.budget), options.headers);
}

/** A refusal as raw HTTP, for sockets on which no request could be read. */
export function rawError(error: BridgeError): string {
  const body = errorBody(error);
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
