import { chmod } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BridgeError } from './errors.ts';
import { type BridgeOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { type Session, type SessionOptions, SessionState } from './session/session.ts';
import { TokenRegistry } from './session/token.ts';

/** The Host that clients of the Unix socket send. */
export const SOCKET_HOST = 'bridge.invalid';

/** A running bridge. */
export interface Bridge {
  /** For example `http://127.0.0.1:43817`. */
  readonly url: string;
  readonly port: number;
  /** The Unix socket, where one was asked for. */
  readonly socketPath?: string;
  /** @throws {BridgeError} `invalid_options`; `bridge_closed` after `close` */
  openSession(options: SessionOptions): Session;
  /** Closes every session, then the listener; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a bridge on a free port of 127.0.0.1.
 *
 * @example
 * const bridge = await startBridge({ provider: createEchoProvider() });
 * const session = bridge.openSession({ executionId: 'example' });
 *
 * @throws {BridgeError} `invalid_options`; `bridge_start` where it cannot listen
 */
export async function startBridge(options: BridgeOptions = {}): Promise<Bridge> {
  const resolved = resolveOptions(options);
  // Loaded here, so that importing this package stays cheap.
  const [{ createBridgeServer }, { Connections }] = await Promise.all([import('./http/server.ts'), import('./http/connections.ts')]);
  const sessions = new TokenRegistry<SessionState>();
  const connections = new Connections(resolved.maxConnections, resolved.maxConnectionsPerSession);
  let host = '';
  const server = createBridgeServer({ sessions, connections, host: () => host });
  const port = await listenOnLoopback(server, resolved.log);
  host = `127.0.0.1:${port}`;
  const servers = [server];
  if (resolved.socketPath !== undefined) {
    const socketServer = createBridgeServer({ sessions, connections, host: () => SOCKET_HOST });
    try {
      await listenOnSocket(socketServer, resolved.log, resolved.socketPath);
    } catch (error) {
      server.close();
      throw error;
    }
    servers.push(socketServer);
  }
  resolved.log(`Bridge server started on port ${port}`);
  return bridgeOf(resolved, port, servers, { sessions, connections });
}

interface Parts {
  sessions: TokenRegistry<SessionState>;
  connections: { dropSession(session: SessionState): void; dropAll(): void };
}

function bridgeOf(options: ResolvedOptions, port: number, servers: Server[], { sessions, connections }: Parts): Bridge {
  const open = new Set<Session>();
  let closing: Promise<void> | undefined;

  const openSession = (own: SessionOptions): Session => {
    if (closing) throw new BridgeError('bridge_closed', 'The bridge is closed');
    const state = new SessionState(options, own);
    const revoke = sessions.add(state.token, state);
    const end = async (): Promise<void> => {
      revoke();
      await state.stop();
      connections.dropSession(state);
      open.delete(session);
    };
    let ended: Promise<void> | undefined;
    const session = faceOf(state, () => (ended ??= end()));
    open.add(session);
    return session;
  };

  const close = async (): Promise<void> => {
    await Promise.all([...open].map((session) => session.close()));
    const closed = servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve())));
    connections.dropAll();
    await Promise.all(closed);
  };

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    openSession,
    close: () => (closing ??= close()),
  };
}

/** What the opener of a session sees; copies, so that nothing can be changed from outside. */
function faceOf(state: SessionState, close: () => Promise<void>): Session {
  return {
    token: state.token,
    budget: () => state.budget(),
    metrics: () => state.metrics(),
    calls: () => structuredClone(state.log.calls),
    toolCalls: () => state.log.tools(),
    warnings: () => structuredClone(state.log.warnings),
    close,
  };
}

async function listenOnLoopback(server: Server, log: (line: string) => void): Promise<number> {
  await listening(server, log, () => server.listen({ host: '127.0.0.1', port: 0, exclusive: true }));
  return (server.address() as AddressInfo).port;
}

async function listenOnSocket(server: Server, log: (line: string) => void, path: string): Promise<void> {
  await listening(server, log, () => server.listen({ path }));
  await chmod(path, 0o600);
}

async function listening(server: Server, log: (line: string) => void, listen: () => void): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).once('listening', resolve);
      listen();
    });
    // Failures to accept a connection (no descriptors left) come here later and must not end the process.
    server.on('error', (error) => log(`http: ${String(error)}`));
  } catch (error) {
    throw new BridgeError('bridge_start', `Bridge server failed to start: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
