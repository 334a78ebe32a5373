import type { ServerResponse } from 'node:http';
import type { BridgeError } from '../errors.ts';
import type { DeltaSink } from '../pipeline/sample.ts';
import type { SampleResponse, WireBudget } from '../types.ts';
import { errorBody } from './reply.ts';

/** A reply as server-sent events: `delta` …, then `done` or `error`. */
export class EventStream implements DeltaSink {
  readonly #outgoing: ServerResponse;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  /** True once the reply has begun, so that a failure must be an event. */
  get opened(): boolean {
    return this.#outgoing.headersSent;
  }

  open(): void {
    if (this.#outgoing.destroyed || this.opened) return;
    this.#outgoing.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    this.#outgoing.flushHeaders();
  }

  /** Sends a `delta`; resolves when the client takes more, or is gone. */
  async write(text: string): Promise<void> {
    const outgoing = this.#outgoing;
    if (outgoing.destroyed || outgoing.write(event('delta', JSON.stringify({ text })))) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        outgoing.off('drain', done).off('close', done);
        resolve();
      };
      outgoing.on('drain', done).on('close', done);
    });
  }

  /** Sends `done` and ends. */
  done(answer: SampleResponse): void {
    if (!this.#outgoing.destroyed) this.#outgoing.end(event('done', JSON.stringify(answer)));
  }

  /** Sends `error` and ends. */
  fail(error: BridgeError, budget: WireBudget): void {
    if (!this.#outgoing.destroyed) this.#outgoing.end(event('error', errorBody(error, budget)));
  }
}

/** One event; JSON holds no line break, so one data line is enough. */
function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
