import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditLogError, systemReason } from './errors.ts';
import { MAX_LINE } from './line.ts';

/** One line of a file. */
export interface Line {
  /** From 1. */
  number: number;
  /** Without the newline. Of a line beyond the longest legal one, only the beginning. */
  bytes: Buffer;
  /** Byte offset behind its newline. */
  end: number;
  /** False for an end of the file without a newline. */
  whole: boolean;
}

const CHUNK = 256 * 1024;
const PAUSE_MS = 10;

/** How long an unterminated end is waited for by default, ms: a write under way takes far less. */
const PATIENCE_MS = 100;

/**
 * The lines that a file has now, in groups of one read each, in constant memory. Lines that are added meanwhile are
 * left out; an end that another process is just writing is waited for. The bytes of a group are reused for the next.
 *
 * @throws AuditLogError `read_failed`.
 */
export async function* readLines(file: FileHandle, path: string, patienceMs: number = PATIENCE_MS): AsyncGenerator<Line[]> {
  const { size } = await file.stat();
  const chunk = Buffer.allocUnsafe(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let number = 0;
  let lineStart = 0;
  let waited = 0;
  while (lineStart < size) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, position).catch((cause: unknown) => {
      throw new AuditLogError('read_failed', `cannot read ${path}: ${systemReason(cause)}`, { cause });
    });
    if (bytesRead === 0) {
      if (waited >= patienceMs) {
        yield [{ number: number + 1, bytes: rest, end: position, whole: false }];
        return;
      }
      await delay(PAUSE_MS);
      waited += PAUSE_MS;
      continue;
    }
    const data = chunk.subarray(0, bytesRead);
    const group: Line[] = [];
    let from = 0;
    for (let newline = data.indexOf(10); newline >= 0 && lineStart < size; newline = data.indexOf(10, from)) {
      const piece = data.subarray(from, newline);
      number += 1;
      lineStart = position + newline + 1;
      group.push({ number, bytes: rest.length === 0 ? piece : Buffer.concat([rest, piece]), end: lineStart, whole: true });
      rest = Buffer.alloc(0);
      from = newline + 1;
    }
    // A line without end must not fill the memory; its beginning shows what it is not.
    if (rest.length <= MAX_LINE) rest = Buffer.concat([rest, data.subarray(from)]);
    position += bytesRead;
    if (group.length > 0) yield group;
  }
}
