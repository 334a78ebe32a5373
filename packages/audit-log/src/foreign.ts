import { closeSync, fstatSync, openSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditLogError, systemCode, systemReason } from './errors.ts';
import { openLogFile, readAt } from './files.ts';
import { looksLikeOurs, parseLine, RECORD_START } from './line.ts';

/** How much of the beginning decides whose file it is, bytes. */
const WINDOW = 64 * 1024;
const LOCK_PATIENCE_MS = 5_000;
const LOCK_STALE_MS = 10_000;

/** What the beginning of a file says about it. */
export interface FileNature {
  /** `foreign`: it has content, and none of it is ours. */
  kind: 'empty' | 'ours' | 'foreign';
  /** Ids of the keys that its first records name. */
  keyIds: Set<string>;
  size: number;
}

/** Looks at the beginning of an open file. */
export function natureOf(fd: number): FileNature {
  const { size } = fstatSync(fd);
  const bytes = readAt(fd, 0, Math.min(size, WINDOW));
  const lines = bytes.toString('latin1').split('\n');
  const keyIds = new Set<string>();
  for (const line of lines) {
    const record = parseLine(Buffer.from(line, 'latin1'));
    if (record !== undefined) keyIds.add(record.keyId);
  }
  if (lines.every((line) => line.trim() === '')) return { kind: 'empty', keyIds, size };
  // A first line that was cut off shows only its beginning.
  const torn = lines.length === 1 && (lines[0] ?? '').startsWith(RECORD_START.slice(0, size));
  return { kind: torn || lines.some(looksLikeOurs) ? 'ours' : 'foreign', keyIds, size };
}

/** A file that was in the way, and where it is now. */
export interface MovedFile {
  to: string;
  /** Its size. */
  bytes: number;
}

/**
 * Opens the log; a file at its path that is no audit log is renamed to `PATH.foreign-<time>` and a new one begun.
 *
 * @param clock Milliseconds since 1970, for the name.
 */
export async function openOwnFile(path: string, clock: () => number): Promise<{ fd: number; nature: FileNature; moved: MovedFile | undefined }> {
  const fd = openLogFile(path);
  const nature = natureOf(fd);
  if (nature.kind !== 'foreign') return { fd, nature, moved: undefined };
  closeSync(fd);
  const moved = await withLock(`${path}.lock`, () => moveAside(path, clock));
  const again = await openOwnFile(path, clock);
  return { ...again, moved: moved ?? again.moved };
}

/** Under the lock the file is looked at again: another process may have moved it and begun the log. */
function moveAside(path: string, clock: () => number): MovedFile | undefined {
  const fd = openLogFile(path);
  try {
    const { kind, size } = natureOf(fd);
    if (kind !== 'foreign') return undefined;
    const to = `${path}.foreign-${new Date(clock()).toISOString().replace(/[:.]/g, '-')}`;
    renameSync(path, to);
    return { to, bytes: size };
  } finally {
    closeSync(fd);
  }
}

async function withLock<Result>(file: string, work: () => Result): Promise<Result> {
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      closeSync(openSync(file, 'wx', 0o600));
      break;
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST') throw new AuditLogError('write_failed', `cannot create ${file}: ${systemReason(cause)}`, { cause });
      if (performance.now() > deadline) throw new AuditLogError('write_failed', `${file} is held by another process; remove it if none is running`, { cause });
      if (isStale(file)) unlinkSync(file);
      else await delay(10);
    }
  }
  try {
    return work();
  } finally {
    unlinkSync(file);
  }
}

/** The work under the lock takes a moment, so an old lock is what a killed process left. */
function isStale(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > LOCK_STALE_MS;
}
