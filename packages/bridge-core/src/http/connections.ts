import type { Socket } from 'node:net';
import type { SessionState } from '../session/session.ts';

interface Connection {
  owner: SessionState | undefined;
  /** Requests without a finished reply. */
  requests: number;
  /** Fires when the socket is closed. */
  gone: AbortController;
}

/**
 * The connection budget. A socket belongs to nobody until it has shown a valid token; when the budget is used up,
 * the oldest socket of nobody makes room, so that sockets which only sit there keep no session out.
 */
export class Connections {
  readonly #max: number;
  readonly #perSession: number;
  readonly #open = new Map<Socket, Connection>();
  readonly #sockets = new Map<SessionState, number>();
  readonly #requests = new Map<SessionState, number>();

  constructor(max: number, perSession: number) {
    this.#max = max;
    this.#perSession = perSession;
  }

  /** Admits a new socket; false where the budget is used up by sessions. */
  admit(socket: Socket): boolean {
    if (this.#open.size >= this.#max && !this.#evict()) return false;
    this.#open.set(socket, { owner: undefined, requests: 0, gone: new AbortController() });
    socket.once('close', () => this.#forget(socket));
    return true;
  }

  /** Counts a request on its socket until `done` is called. */
  begin(socket: Socket): () => void {
    const connection = this.#open.get(socket);
    if (!connection) return () => undefined;
    connection.requests++;
    return () => void connection.requests--;
  }

  /** Fires when the socket is closed: for every request on it, also for one that waits behind another. */
  goneSignal(socket: Socket): AbortSignal {
    return this.#open.get(socket)?.gone.signal ?? AbortSignal.abort();
  }

  /** True while a reply is owed on the socket. */
  isBusy(socket: Socket): boolean {
    return (this.#open.get(socket)?.requests ?? 0) > 0;
  }

  /**
   * Gives an authenticated request its place in the session's budget.
   *
   * @returns a function that gives the place back, or undefined where the budget is used up
   */
  claim(socket: Socket, session: SessionState): (() => void) | undefined {
    const running = this.#requests.get(session) ?? 0;
    if (running >= this.#perSession || !this.#own(socket, session)) return undefined;
    this.#requests.set(session, running + 1);
    return () => add(this.#requests, session, -1);
  }

  /** Destroys a session's sockets. */
  dropSession(session: SessionState): void {
    for (const [socket, { owner }] of this.#open) if (owner === session) socket.destroy();
  }

  /** Destroys every socket. */
  dropAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #own(socket: Socket, session: SessionState): boolean {
    const connection = this.#open.get(socket);
    if (!connection || connection.owner === session) return true;
    if ((this.#sockets.get(session) ?? 0) >= this.#perSession) return false;
    if (connection.owner) add(this.#sockets, connection.owner, -1);
    connection.owner = session;
    add(this.#sockets, session, 1);
    return true;
  }

  #evict(): boolean {
    for (const [socket, { owner }] of this.#open) {
      if (owner) continue;
      socket.destroy();
      this.#forget(socket);
      return true;
    }
    return false;
  }

  #forget(socket: Socket): void {
    const connection = this.#open.get(socket);
    this.#open.delete(socket);
    if (connection?.owner) add(this.#sockets, connection.owner, -1);
    connection?.gone.abort();
  }
}

function add<K>(counts: Map<K, number>, key: K, amount: number): void {
  const count = (counts.get(key) ?? 0) + amount;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
