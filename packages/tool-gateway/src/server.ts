import type { Catalog, Tool } from './catalog.ts';
import { readCatalog } from './catalog.ts';
import type { Connection, ConnectOptions } from './connect.ts';
import { connect } from './connect.ts';
import { withDeadline } from './deadline.ts';
import { ToolGatewayError } from './errors.ts';
import { answerOf, describeFailure, detailOf, neverArrived, toolFailed } from './failure.ts';
import type { Target } from './resolve.ts';
import { oneLine } from './show.ts';
import { Turns } from './turns.ts';
import type { ServerStatus } from './types.ts';

/** Limits and observers that all servers share. */
export interface ServerOptions extends Pick<ConnectOptions, 'clientInfo' | 'stopGraceMs' | 'maxMessageBytes' | 'log'> {
  connectTimeoutMs: number;
  /** Calls that one server gets at a time. */
  maxConcurrentCalls: number;
}

/** One connection's life: it begins with the attempt and ends once, for whatever reason. */
interface Link {
  ready: Promise<Connection>;
  ended: boolean;
  catalog: Promise<Catalog> | undefined;
}

/**
 * One downstream server: opened on first use, once under parallel callers, and shared. A connection that fails or ends
 * is forgotten, so that the next use opens a new one.
 */
export class Server {
  readonly name: string;
  /** The line for {@link Server.call}: whoever calls waits for its turn here first, and leaves afterwards. */
  readonly turns: Turns;
  readonly #target: Target;
  readonly #options: ServerOptions;
  readonly #shutdown = new AbortController();
  readonly #leaving = new Set<Promise<void>>();
  #link: Link | undefined;
  #status: ServerStatus;

  constructor(name: string, target: Target, options: ServerOptions) {
    this.name = name;
    this.turns = new Turns(options.maxConcurrentCalls);
    this.#target = target;
    this.#options = { ...options, log: (line) => options.log(`[mcp:${name}] ${oneLine(line, 2000)}`) };
    this.#status = { name, transport: target.kind, status: 'idle' };
  }

  /** A snapshot. */
  status(): ServerStatus {
    return { ...this.#status };
  }

  /**
   * The tools it offers, from its list as last read.
   *
   * @throws {ToolGatewayError} `tool_unavailable`.
   */
  async tools(): Promise<Catalog> {
    const { link, connection } = await this.#open();
    link.catalog ??= this.#read(link, connection);
    return link.catalog;
  }

  /** One tool; a server that does not announce changes is asked again before a tool counts as missing. */
  async tool(name: string): Promise<Tool | undefined> {
    const { link, connection } = await this.#open();
    const known = (link.catalog ??= this.#read(link, connection));
    const found = (await known).get(name);
    if (found) return found;
    // Of parallel callers, the first to come here asks for all.
    if (connection.capabilities.tools?.listChanged !== true && link.catalog === known) link.catalog = undefined;
    return (await this.tools()).get(name);
  }

  /**
   * Asks the server to run a tool, and gives its raw result.
   *
   * @param fullName For messages.
   * @param signal Its abort tells the server to stop.
   * @throws {ToolGatewayError} `tool_error` where the server refuses, `tool_unavailable` where it cannot answer.
   */
  async call(tool: string, fullName: string, args: Record<string, unknown>, signal: AbortSignal): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt++) {
      const { link, connection } = await this.#open();
      try {
        return await connection.request('tools/call', { name: tool, arguments: args }, signal);
      } catch (error) {
        signal.throwIfAborted();
        const answer = link.ended ? undefined : answerOf(error);
        if (answer !== undefined) throw toolFailed(fullName, answer);
        const ending = link.ended ? connection.ending() : 'could not be reached';
        this.#drop(link, connection);
        // The one kind of failure after which the tool cannot have run.
        if (attempt === 1 && neverArrived(error)) continue;
        this.#options.log(`call of ${fullName} cut: ${detailOf(error)}`);
        throw this.#unavailable(`${ending} during the call of ${fullName}; the tool may have run`, error);
      }
    }
  }

  /** Ends the connection and every child process; resolves when none is left. */
  async close(): Promise<void> {
    this.#shutdown.abort(new Error('closed'));
    const link = this.#link;
    this.#link = undefined;
    this.#status = { name: this.name, transport: this.#target.kind, status: 'closed' };
    if (link) await link.ready.then((connection) => connection.stop(), () => undefined);
    while (this.#leaving.size > 0) await Promise.all(this.#leaving);
  }

  async #open(): Promise<{ link: Link; connection: Connection }> {
    if (this.#shutdown.signal.aborted) throw this.#unavailable('is closed');
    this.#link ??= this.#start();
    const link = this.#link;
    return { link, connection: await link.ready };
  }

  #start(): Link {
    const { connectTimeoutMs: timeoutMs, log } = this.#options;
    this.#status = { ...this.#status, status: 'connecting' };
    delete this.#status.reason;
    const onToolsChanged = (): void => void (link.catalog = undefined);
    const onEnd = (): void => {
      link.ended = true;
      if (this.#link === link) this.#forget({ status: 'idle' });
    };
    const opening = connect(this.#target, { ...this.#options, timeoutMs, signal: this.#shutdown.signal, track: (end) => this.#track(end), onToolsChanged, onEnd });
    const link: Link = { ended: false, catalog: undefined, ready: opening.then((connection) => this.#greet(link, connection), (error: unknown) => this.#fail(link, error)) };
    log('connecting');
    return link;
  }

  #greet(link: Link, connection: Connection): Connection {
    const pid = connection.pid();
    if (this.#link === link) this.#status = { name: this.name, transport: this.#target.kind, status: 'connected', ...(pid === undefined ? {} : { pid }) };
    return connection;
  }

  #fail(link: Link, error: unknown): never {
    this.#options.log(`connection failed: ${detailOf(error)}`);
    if (this.#link === link || this.#link === undefined) this.#forget({ status: 'failed', reason: detailOf(error) });
    throw this.#unavailable(`is unavailable: ${describeFailure(error)}`, error);
  }

  async #read(link: Link, connection: Connection): Promise<Catalog> {
    const timeoutMs = this.#options.connectTimeoutMs;
    // A server of prompts and resources alone has no list to ask for.
    if (!connection.capabilities.tools) return new Map();
    try {
      const catalog = await withDeadline((signal) => readCatalog(this.name, (cursor) => connection.request('tools/list', cursor === undefined ? {} : { cursor }, signal), this.#options.log), {
        signals: [this.#shutdown.signal],
        onAbort: () => new Error('the gateway was closed'),
        timeoutMs,
        onTimeout: () => new Error(`no answer within ${timeoutMs} ms`),
      });
      if (this.#link === link) this.#status = { ...this.#status, tools: catalog.size };
      return catalog;
    } catch (error) {
      link.catalog = undefined;
      this.#options.log(`list of tools failed: ${detailOf(error)}`);
      if (answerOf(error) === undefined) this.#drop(link, connection);
      throw this.#unavailable('did not list its tools', error);
    }
  }

  #drop(link: Link, connection: Connection): void {
    if (this.#link === link) this.#forget({ status: 'idle' });
    this.#track(connection.stop());
  }

  #forget(state: Pick<ServerStatus, 'status' | 'reason'>): void {
    this.#link = undefined;
    if (!this.#shutdown.signal.aborted) this.#status = { name: this.name, transport: this.#target.kind, ...state };
  }

  #track(end: Promise<void>): void {
    const leaving = end.catch(() => undefined).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  #unavailable(problem: string, cause?: unknown): ToolGatewayError {
    return new ToolGatewayError('tool_unavailable', `MCP server "${this.name}" ${problem}`, cause === undefined ? {} : { cause });
  }
}
