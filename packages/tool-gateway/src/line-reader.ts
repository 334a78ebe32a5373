import { EDGE } from './oversize.ts';

/** Splits a byte stream into lines and never holds more than one line of bounded length. */
export interface LineReader {
  push(chunk: Buffer): void;
}

/** Where a {@link LineReader} hands what it found. */
export interface LineSink {
  /** A whole line without its end; a `\r` before the end is removed. */
  line(text: string): void;
  /** A line over the limit, when its end came: its first and last bytes. */
  oversize(head: string, tail: string): void;
}

/**
 * A reader of lines that end in `\n`.
 *
 * @param maxBytes Longest line; a longer one is dropped and reported by its two ends.
 */
export function createLineReader(maxBytes: number, sink: LineSink): LineReader {
  let parts: Buffer[] = [];
  let size = 0;
  let edges: { head: Buffer; tail: Buffer } | undefined;

  const add = (part: Buffer): void => {
    if (edges) {
      edges.tail = Buffer.concat([edges.tail, part.subarray(-EDGE)]).subarray(-EDGE);
      return;
    }
    parts.push(part);
    size += part.length;
    if (size <= maxBytes) return;
    const whole = Buffer.concat(parts);
    edges = { head: Buffer.from(whole.subarray(0, EDGE)), tail: Buffer.from(whole.subarray(-EDGE)) };
    parts = [];
    size = 0;
  };
  const end = (): void => {
    if (edges) sink.oversize(edges.head.toString('utf8'), edges.tail.toString('utf8'));
    else sink.line(Buffer.concat(parts).toString('utf8').replace(/\r$/u, ''));
    parts = [];
    size = 0;
    edges = undefined;
  };
  return {
    push: (chunk) => {
      let at = 0;
      for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, at)) {
        add(chunk.subarray(at, newline));
        end();
        at = newline + 1;
      }
      if (at < chunk.length) add(chunk.subarray(at));
    },
  };
}
