import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { boundFetch } from './bounded-fetch.ts';
import { createLineReader } from './line-reader.ts';
import type { HttpTarget, StdioTarget, Target } from './resolve.ts';
import { MAX_STDERR_LINE_BYTES, StdioTransport } from './stdio-transport.ts';

/** What {@link openWire} needs beside the target. */
export interface WireOptions {
  /** See `stopProcess`. */
  stopGraceMs: number;
  /** Longest message from the server, in bytes. */
  maxMessageBytes: number;
  /** One line of the server's standard error, or about the connection. */
  log: (line: string) => void;
}

/** A transport together with the way to end it for good. */
export interface Wire {
  transport: Transport;
  /** Resolves when nothing of it is left; may be called again. */
  stop: () => Promise<void>;
  /** Process id of a running child. */
  pid: () => number | undefined;
  /** How a child process ended, once it has. */
  exit: () => string | undefined;
}

/** How long a server may take to forget a session that ends, in milliseconds. */
const FAREWELL_MS = 1000;

/** Prepares the way to a server; the client starts it. */
export function openWire(target: Target, options: WireOptions): Promise<Wire> {
  if (target.kind === 'http') return httpWire(target, options);
  return process.platform === 'win32' ? windowsWire(target, options) : stdioWire(target, options);
}

async function stdioWire(target: StdioTarget, options: WireOptions): Promise<Wire> {
  const { deserializeMessage } = await import('@modelcontextprotocol/sdk/shared/stdio.js');
  const { maxMessageBytes, stopGraceMs, log } = options;
  const transport = new StdioTransport(target, { parse: deserializeMessage, maxMessageBytes, stopGraceMs, onStderr: log });
  return { transport, stop: () => transport.close(), pid: () => transport.pid, exit: () => transport.exit };
}

/** Windows has no process groups, but `.cmd` files that only the SDK's way of spawning can start. */
async function windowsWire(target: StdioTarget, { maxMessageBytes, log }: WireOptions): Promise<Wire> {
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const { command, args, env, cwd } = target;
  const transport = new StdioClientTransport({ command, args, env, ...(cwd === undefined ? {} : { cwd }), stderr: 'pipe', maxBufferSize: maxMessageBytes });
  const errors = createLineReader(MAX_STDERR_LINE_BYTES, { line: log, oversize: log });
  transport.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  let stopped: Promise<void> | undefined;
  return { transport, stop: () => (stopped ??= transport.close()), pid: () => transport.pid ?? undefined, exit: () => undefined };
}

async function httpWire(target: HttpTarget, options: WireOptions): Promise<Wire> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const transport = new StreamableHTTPClientTransport(target.url, {
    requestInit: { headers: target.headers },
    fetch: boundFetch(fetch, options.maxMessageBytes),
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const farewell = transport.terminateSession().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([farewell, new Promise((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)))]);
    clearTimeout(timer);
    await transport.close();
  };
  return { transport: transport as Transport, stop: () => (stopped ??= stop()), pid: () => undefined, exit: () => undefined };
}
