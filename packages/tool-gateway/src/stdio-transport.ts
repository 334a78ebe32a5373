import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { startProcess, stopProcess } from './child-process.ts';
import { createLineReader } from './line-reader.ts';
import { EDGE, idFromEdges, tooLarge, unusableAnswer } from './oversize.ts';
import type { StdioTarget } from './resolve.ts';

/** What a {@link StdioTransport} needs beside the program to start. */
export interface StdioTransportOptions {
  /** Reads one message; from the SDK. @throws where the line is none. */
  parse: (line: string) => JSONRPCMessage;
  /** Longest message from the server, in bytes. */
  maxMessageBytes: number;
  /** See {@link stopProcess}. */
  stopGraceMs: number;
  /** One line the server wrote to its standard error, or garbage from its standard output. */
  onStderr: (line: string) => void;
}

/** Longest line of standard error; of a longer one only the beginning is told. */
export const MAX_STDERR_LINE_BYTES: number = 64 * 1024;
/** How long output is awaited after the program ended, where a descendant keeps its pipes open, in milliseconds. */
const HELD_PIPE_MS = 1000;
/**
 * MCP over the standard streams of a child process. Unlike the SDK's transport it stops the whole process group, waits
 * for its end, gives the child exactly the environment it is told, and survives a message that is too large: the call
 * that it answers fails, the others go on.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** How the program ended, once it has: `code 1`, `signal SIGKILL`. */
  exit: string | undefined;
  readonly #target: StdioTarget;
  readonly #options: StdioTransportOptions;
  #starting: Promise<ChildProcessWithoutNullStreams> | undefined;
  #child: ChildProcessWithoutNullStreams | undefined;
  #stopped: Promise<void> | undefined;

  constructor(target: StdioTarget, options: StdioTransportOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Process id of the running program. */
  get pid(): number | undefined {
    return this.exit === undefined ? this.#child?.pid : undefined;
  }

  async start(): Promise<void> {
    this.#starting = startProcess(this.#target);
    const child = await this.#starting;
    this.#child = child;
    const report = (error: Error): void => this.onerror?.(error);
    for (const source of [child, child.stdin, child.stdout, child.stderr]) source.on('error', report);
    const messages = createLineReader(this.#options.maxMessageBytes, {
      line: (text) => this.#receive(text),
      oversize: (head, tail) => this.#refuse(head, tail, tooLarge(this.#options.maxMessageBytes)),
    });
    child.stdout.on('data', (chunk: Buffer) => messages.push(chunk));
    const errors = createLineReader(MAX_STDERR_LINE_BYTES, { line: this.#options.onStderr, oversize: (head) => this.#options.onStderr(head) });
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // `close` follows the last output, but waits for descendants that hold the pipes; `exit` comes in any case.
    child.once('exit', (code, signal) => {
      this.exit = signal === null ? `code ${code}` : `signal ${signal}`;
      const closed = setTimeout(() => this.#end(), HELD_PIPE_MS);
      child.once('close', () => {
        clearTimeout(closed);
        this.#end();
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) return Promise.reject(new Error('the program does not read any more'));
    return new Promise((resolve, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends the program and all it started; resolves when nothing is left. */
  close(): Promise<void> {
    this.#stopped ??= this.#stop();
    this.#end();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    // A close may come while the program is being started.
    const child = await this.#starting?.catch(() => undefined);
    if (child) await stopProcess(child, this.#options.stopGraceMs);
  }

  #end(): void {
    const { onclose } = this;
    delete this.onclose;
    onclose?.();
    if (this.#child && !this.#stopped) void this.close();
  }

  #receive(line: string): void {
    if (line.trim() === '') return;
    let message: JSONRPCMessage;
    try {
      message = this.#options.parse(line);
    } catch {
      this.#options.onStderr(`(not JSON-RPC, on standard output) ${line}`);
      this.#refuse(line.slice(0, EDGE), line.slice(-EDGE), 'its answer is not JSON-RPC');
      return;
    }
    this.onmessage?.(message);
  }

  #refuse(head: string, tail: string, reason: string): void {
    const id = idFromEdges(head, tail);
    if (id !== undefined) this.onmessage?.(unusableAnswer(id, reason));
  }
}
