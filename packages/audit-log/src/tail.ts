import { readAt } from './files.ts';
import { MAX_LINE, parseLine, recordHash } from './line.ts';
import type { Link } from './line.ts';

const NEWLINE = 10;

/** The newest whole record within the first `size` bytes; undefined where there is none near the end. */
export function lastRecord(fd: number, size: number): Link | undefined {
  for (let span = 4096; ; span *= 8) {
    const start = Math.max(0, size - span);
    const bytes = readAt(fd, start, size - start);
    let end = bytes.lastIndexOf(NEWLINE);
    while (end >= 0) {
      const before = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
      // The line may begin before what was read.
      if (before < 0 && start > 0) break;
      const record = parseLine(bytes.subarray(before + 1, end));
      if (record !== undefined) return { at: start + end + 1, hash: recordHash(record) };
      end = before;
    }
    if (start === 0 || span > 2 * MAX_LINE) return undefined;
  }
}

/** What stands behind the last newline: a write that is under way, or one that was cut off. */
export interface Fragment {
  /** Byte offset at which it begins. */
  at: number;
  bytes: Buffer;
}

/** The unterminated end of the first `size` bytes; undefined where it is longer than any line can be. */
export function lastFragment(fd: number, size: number): Fragment | undefined {
  const start = Math.max(0, size - MAX_LINE);
  const bytes = readAt(fd, start, size - start);
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline < 0 && start > 0) return undefined;
  return { at: start + newline + 1, bytes: bytes.subarray(newline + 1) };
}

/** Whether the last of the first `size` bytes is a newline, or there are none. */
export function endsWhole(fd: number, size: number): boolean {
  return size === 0 || readAt(fd, size - 1, 1)[0] === NEWLINE;
}
