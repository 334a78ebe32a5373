import { Buffer } from 'node:buffer';
import { ByteStore } from './byte-store.ts';

/** Bounds on what a sandbox may print. */
export interface OutputLimits {
  /** Bytes that are kept; the rest is counted and dropped. */
  keptBytes: number;
  /** Bytes after which the run is stopped. */
  stopBytes: number;
  /** Bytes of the closing frame. */
  frameBytes: number;
}

/** What a sandbox's stdout brings; each is called once at most. */
export interface OutputEvents {
  ready: () => void;
  frame: (json: string) => void;
  /** More output than {@link OutputLimits.stopBytes}. */
  flood: () => void;
  /** A closing frame longer than {@link OutputLimits.frameBytes}. */
  frameTooLong: () => void;
}

const READY = Buffer.from('ready\n');
const NEWLINE = 0x0a;

/**
 * Splits a sandbox's stdout into the ready mark, the program's output and the closing frame. Memory is bounded by
 * the limits, whatever arrives. The frame's start carries a nonce that the program is not told, so that no output is
 * taken for a frame by accident; a program that learned it could only speak of its own result or error, as it may
 * anyway. Calls, metrics, times and limits are never read from a frame.
 */
export class OutputCollector {
  readonly #limits: OutputLimits;
  readonly #on: OutputEvents;
  #state: 'starting' | 'running' | 'frame' | 'closed' = 'starting';
  readonly #marker: Buffer;
  #held: Buffer = Buffer.alloc(0);
  readonly #kept: ByteStore;
  readonly #frame: ByteStore;
  #droppedBytes = 0;

  constructor(nonce: string, limits: OutputLimits, on: OutputEvents) {
    this.#limits = limits;
    this.#marker = Buffer.from(`\x1e${nonce}`);
    this.#on = on;
    this.#kept = new ByteStore(limits.keptBytes);
    this.#frame = new ByteStore(limits.frameBytes);
  }

  /** Takes the next bytes of stdout. */
  feed(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    if (this.#state === 'starting') this.#feedStart(data);
    else if (this.#state === 'running') this.#feedOutput(data);
    else this.#feedFrame(data);
  }

  /** No more bytes will come: what was held back as a possible frame was output after all. */
  end(): void {
    if (this.#state === 'running') this.#keep(this.#held);
    this.#state = 'closed';
  }

  /** Bytes printed, dropped ones included. */
  get totalBytes(): number {
    return this.#kept.length + this.#droppedBytes;
  }

  /** Bytes counted and dropped. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  /** The kept output; a character cut in half by the limit is left out, and a notice says what was dropped. */
  text(): string {
    const bytes = this.#kept.bytes();
    if (this.#droppedBytes === 0) return bytes.toString('utf8');
    // A stream decoder keeps an unfinished character to itself.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
    return `${text}\n[output truncated: ${this.#droppedBytes} bytes dropped after the first ${bytes.length}]\n`;
  }

  #feedStart(data: Buffer): void {
    if (data.length < READY.length) {
      this.#held = Buffer.from(data);
      return;
    }
    // Only the trusted harness has run so far; anything else here is the engine's failure to start.
    if (!data.subarray(0, READY.length).equals(READY)) {
      this.#state = 'closed';
      return;
    }
    this.#state = 'running';
    this.#on.ready();
    this.#feedOutput(data.subarray(READY.length));
  }

  #feedOutput(data: Buffer): void {
    const start = data.indexOf(this.#marker);
    if (start < 0) {
      const sure = Math.max(0, data.length - this.#marker.length + 1);
      this.#keep(data.subarray(0, sure));
      this.#held = Buffer.from(data.subarray(sure));
      return;
    }
    this.#state = 'frame';
    if (this.#keep(data.subarray(0, start))) this.#feedFrame(data.subarray(start + this.#marker.length));
  }

  #feedFrame(data: Buffer): void {
    const end = data.indexOf(NEWLINE);
    if (this.#frame.append(end < 0 ? data : data.subarray(0, end)) > 0) {
      this.#state = 'closed';
      this.#on.frameTooLong();
    } else if (end >= 0) {
      this.#state = 'closed';
      this.#on.frame(this.#frame.bytes().toString('utf8'));
    }
    if (this.#state === 'closed') this.#frame.clear();
  }

  /** Whether the run may go on. */
  #keep(bytes: Buffer): boolean {
    this.#droppedBytes += this.#kept.append(bytes);
    if (this.totalBytes <= this.#limits.stopBytes) return true;
    this.#state = 'closed';
    this.#on.flood();
    return false;
  }
}
