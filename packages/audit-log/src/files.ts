import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuditLogError, systemCode, systemReason } from './errors.ts';

/**
 * Opens the log for appending and reading, 0600 where it is new, in a folder that is 0700 where it is new.
 * Refused: a symbolic link, anything that is not a plain file, a file of another user or one that others can write.
 * A file that others can read is accepted: an operator may want that, and it holds no plaintext.
 *
 * @throws AuditLogError `insecure_file` or `write_failed`.
 */
export function openLogFile(path: string): number {
  // Links are not followed, and a pipe does not block the opening; neither flag exists on Windows.
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let fd: number;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fd = openSync(path, flags, 0o600);
  } catch (cause) {
    if (systemCode(cause) === 'ELOOP') throw new AuditLogError('insecure_file', `audit log ${path} is a symbolic link; give the path of the file itself`, { cause });
    throw new AuditLogError('write_failed', `cannot open audit log ${path}: ${systemReason(cause)}`, { cause });
  }
  const problem = insecurity(fd);
  if (problem === undefined) return fd;
  closeSync(fd);
  throw new AuditLogError('insecure_file', `audit log ${path} ${problem}`);
}

function insecurity(fd: number): string | undefined {
  const stat = fstatSync(fd);
  if (!stat.isFile()) return 'is not a plain file; give another path';
  if (process.platform === 'win32') return undefined;
  const own = process.getuid?.();
  if (stat.uid !== own && own !== 0) return `belongs to another user (${stat.uid}); give another path or change its owner`;
  if ((stat.mode & 0o022) !== 0) return `can be changed by other users (mode ${(stat.mode & 0o777).toString(8)}); run: chmod 600 on it`;
  return undefined;
}

/** Reads up to `length` bytes at `position`; fewer at the end of the file. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/**
 * Overwrites bytes in place. It needs a descriptor of its own, since Linux appends whatever is written to one
 * that is open for appending; a path that leads elsewhere by now is left alone.
 */
export function overwriteAt(path: string, fd: number, position: number, bytes: Uint8Array): void {
  const other = openSync(path, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const [a, b] = [fstatSync(fd), fstatSync(other)];
    if (a.ino !== b.ino || a.dev !== b.dev) return;
    for (let done = 0; done < bytes.length; ) done += writeSync(other, bytes, done, bytes.length - done, position + done);
  } finally {
    closeSync(other);
  }
}

/** Makes new names in a folder survive a power cut. Windows has no such call and does not need it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
