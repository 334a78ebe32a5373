import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { BridgeError } from '../errors.ts';
import type { SessionState } from '../session/session.ts';
import type { TokenRegistry } from '../session/token.ts';
import { admit } from './admission.ts';
import { createApp } from './app.ts';
import type { Connections } from './connections.ts';
import { rawError, sendError } from './reply.ts';

/** Node's own limits: a header within 5 s, a request within 10 s, checked every second; 8 KiB of headers. */
const SERVER_OPTIONS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Longer than clients keep idle connections, so that it is they who end them and never in the middle of a request.
  keepAliveTimeout: 120_000,
  maxHeaderSize: 8 * 1024,
  // Missing and wrong Host are one case, answered by our own check.
  requireHostHeader: false,
} as const;

/** What a server serves. */
export interface ServerParts {
  sessions: TokenRegistry<SessionState>;
  connections: Connections;
  /** The exact Host, known once it listens. */
  host: () => string;
}

/** A Node server with every check in front of the routes; it does not listen yet. */
export function createBridgeServer({ sessions, connections, host }: ServerParts): Server {
  const app = createApp(sessions, connections);
  const server = createServer(SERVER_OPTIONS);

  const handle = (incoming: IncomingMessage, outgoing: ServerResponse, expectsContinue: boolean): void => {
    const done = connections.begin(incoming.socket);
    outgoing.once('close', done);
    outgoing.on('error', () => undefined);
    const refusal = admit(incoming, host());
    if (refusal) return sendError(outgoing, refusal, { headers: { connection: 'close' } });
    // Replies are written by the app itself; the listener translates the request only.
    const listener = getRequestListener((request) => app.fetch(request, { incoming, outgoing, expectsContinue }), { overrideGlobalObjects: false });
    void listener(incoming, outgoing);
  };

  server.on('connection', (socket) => {
    if (connections.admit(socket)) return;
    socket.end(rawError(new BridgeError('too_many_connections', 'Too many connections')));
    socket.destroySoon();
  });
  server.on('request', (incoming, outgoing) => handle(incoming, outgoing, false));
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => handle(incoming, outgoing, true));
  server.on('checkExpectation', (_incoming: IncomingMessage, outgoing: ServerResponse) => {
    sendError(outgoing, new BridgeError('expectation_failed', 'Expectation not supported'), { headers: { connection: 'close' } });
  });
  server.on('connect', (_incoming: IncomingMessage, socket: Socket) => {
    endRaw(socket, new BridgeError('method_not_allowed', 'Method not allowed'));
  });
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    // A second message on this socket is broken while a reply to the first is owed: no answer could be told apart from it.
    if (!socket.writable || error.code === 'ECONNRESET' || connections.isBusy(socket)) return socket.destroy();
    endRaw(socket, parseFailure(error.code));
  });
  return server;
}

function endRaw(socket: Socket, error: BridgeError): void {
  socket.on('error', () => undefined);
  socket.end(rawError(error));
  socket.destroySoon();
}

function parseFailure(code: string | undefined): BridgeError {
  if (code === 'HPE_HEADER_OVERFLOW') return new BridgeError('headers_too_large', 'The headers are larger than 8192 bytes');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new BridgeError('request_timeout', 'The request did not arrive in time');
  return new BridgeError('bad_http', 'The request is not valid HTTP/1.1');
}
