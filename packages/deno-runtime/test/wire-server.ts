import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the server was asked. */
export interface WireRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

/** A loopback server that speaks the bridge's wire protocol, as far as a sandbox sees it. */
export interface WireServer {
  url: string;
  requests: WireRequest[];
  /** Answers the next requests; one handler for all. */
  answer: (request: WireRequest, response: ServerResponse) => void;
  close(): void;
}

/** An answer of JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** One server-sent event. */
export function event(response: ServerResponse, name: string, data: unknown): void {
  response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Starts the server on a free port. */
export async function startWireServer(): Promise<WireServer> {
  const wire: WireServer = { url: '', requests: [], answer: (_, response) => json(response, {}), close: () => server.close() };
  const server = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      const seen: WireRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: body === '' ? {} : (JSON.parse(body) as Record<string, unknown>),
      };
      wire.requests.push(seen);
      wire.answer(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return wire;
}
