import { connect, type Socket } from 'node:net';

/** A raw connection to the bridge. */
export interface RawConnection {
  socket: Socket;
  /** Everything received so far. */
  received(): string;
  /** Resolves with everything received once `test` holds for it, or once the peer has ended. */
  until(test: (received: string) => boolean): Promise<string>;
  /** Resolves when the connection is closed. */
  closed: Promise<void>;
}

/** Opens a connection and sends `first`. */
export async function rawConnect(port: number, first: string | Buffer = ''): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port });
  let received = '';
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  await new Promise<void>((resolve) => void socket.once('connect', () => resolve()));
  if (first.length > 0) socket.write(first);
  const until = (test: (received: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (test(received) || socket.destroyed) {
          socket.off('data', check).off('close', check);
          resolve(received);
        }
      };
      socket.on('data', check).on('close', check);
      check();
    });
  return { socket, received: () => received, until, closed };
}

/** Sends bytes and returns the whole first reply. */
export async function rawRequest(port: number, bytes: string | Buffer): Promise<{ status: number; body: { error?: string; code?: string }; head: string }> {
  const connection = await rawConnect(port, bytes);
  const text = await connection.until(isWhole);
  connection.socket.destroy();
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), body: (body === '' ? {} : JSON.parse(body)) as { error?: string; code?: string }, head };
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
  return end >= 0 && text.length >= end + 4 + (Number.isNaN(length) ? 0 : length);
}

/** A request as text; headers override by name. */
export function requestText(port: number, options: { method?: string; path?: string; headers?: Record<string, string | undefined>; body?: string } = {}): string {
  const body = options.body ?? '';
  const headers: Record<string, string | undefined> = { Host: `127.0.0.1:${port}`, 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...options.headers };
  const lines = Object.entries(headers).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
  return `${options.method ?? 'POST'} ${options.path ?? '/sample'} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
