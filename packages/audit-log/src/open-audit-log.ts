import { closeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { encodeEntry } from './encode-entry.ts';
import type { AuditEntryInput } from './entries.ts';
import { AuditLogError, systemReason } from './errors.ts';
import { syncFolder } from './files.ts';
import { natureOf, openOwnFile } from './foreign.ts';
import type { FileNature } from './foreign.ts';
import { GroupSync } from './group-sync.ts';
import { textHash } from './hashes.ts';
import type { AuditKey, TextHash } from './hashes.ts';
import { createKeyFile, readKeyFile, resolveKey } from './key.ts';
import type { KeySource } from './key.ts';
import { LogWriter } from './log-writer.ts';
import { isPlainName } from './names.ts';

/** What a log is opened with. */
export interface AuditLogOptions {
  /** The file; it and its folder are created where absent, 0600 and 0700. */
  path: string;
  /** Default: the file `PATH.key`, created on first use. */
  key?: KeySource;
  /**
   * When an entry counts as written: `os`, when the system has it, so that it survives the end of this process;
   * `disk`, when the disk has it, so that it survives a power cut. Default `os`.
   */
  durability?: 'os' | 'disk';
  /** How texts are hashed. Default `hmac-sha256`; `sha256` lets anyone confirm a guess. */
  hash?: TextHash;
  /**
   * Names of models and tools that are stored as they are; all others are hashed.
   * Default: every name that does not look like a credential, a number of a person or free text.
   */
  knownNames?: readonly string[];
  /** Milliseconds since 1970. Default `Date.now`. */
  clock?: () => number;
}

/** An open log. */
export interface AuditLog {
  /** What opening found and put right, for people: a torn end, a foreign file moved aside. */
  readonly notices: readonly string[];
  /**
   * Writes one entry, in the order of the calls, and resolves when it is durable. Any number may be under way.
   *
   * @throws AuditLogError `invalid_entry`, `closed`, `write_failed`, or `foreign_file` where the log was replaced by
   *   something else; the entry must then be taken for unlogged.
   */
  append(entry: AuditEntryInput): Promise<void>;
  /** Waits for what is under way and closes the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens an audit log for appending. Any number of processes may have the same file open.
 *
 * @throws AuditLogError `invalid_options`, `insecure_file`, `write_failed`, `key_invalid`, `key_missing` where the
 *   log has entries and `PATH.key` is gone, `key_mismatch` where the entries were written with another key.
 * @example
 * ```ts
 * const log = await openAuditLog({ path: 'audit-log.jsonl' });
 * await log.append({
 *   kind: 'tool', executionId: 'exec-123', tool: 'mcp__filesystem__read_file', arguments: '{"path":"a"}',
 *   response: 'text', durationMs: 3, status: 'success', contentViolations: [],
 * });
 * await log.close();
 * ```
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { path, key: source, durability, hash, knownNames, clock } = checkOptions(options);
  const { fd, nature, moved } = await openOwnFile(path, clock);
  const notices: string[] = [];
  let writer: LogWriter | undefined;
  try {
    const key = keyFor(path, source, nature, fd);
    writer = new LogWriter({ path, key, clock, fd });
    const known = knownNames === undefined ? undefined : new Set(knownNames);
    const encoding = { hash: (text: string) => textHash(text, key, hash), isKnown: (name: string) => known?.has(name) ?? isPlainName(name) };
    if (durability === 'disk') syncFolder(dirname(path));
    if (writer.repair()) notices.push(`${path} ended in a line that was cut off; it was blanked and the log continues`);
    if (moved !== undefined) {
      writer.recovered('foreign_file', moved.bytes);
      notices.push(`${path} was not an audit log; it is now ${moved.to}`);
    }
    return makeLog(writer, durability, notices, (entry) => encodeEntry(entry, encoding));
  } catch (error) {
    if (writer === undefined) closeSync(fd);
    else writer.close();
    throw error;
  }
}

function makeLog(writer: LogWriter, durability: 'os' | 'disk', notices: readonly string[], encode: (entry: unknown) => object): AuditLog {
  const group = new GroupSync(() => writer.fd, () => writer.renew());
  let closing: Promise<void> | undefined;
  return {
    notices,
    async append(entry) {
      if (closing !== undefined) throw new AuditLogError('closed', 'the audit log is closed; open it again to append');
      writer.append(encode(entry));
      if (durability === 'os') return;
      await group.wait().catch((cause: unknown) => {
        throw new AuditLogError('write_failed', `cannot sync the audit log to disk: ${systemReason(cause)}`, { cause });
      });
    },
    close() {
      closing ??= group.idle().then(() => writer.close());
      return closing;
    },
  };
}

function checkOptions(options: AuditLogOptions): Required<Omit<AuditLogOptions, 'key' | 'knownNames'>> & Pick<AuditLogOptions, 'key' | 'knownNames'> {
  const { path, key, durability = 'os', hash = 'hmac-sha256', knownNames, clock = Date.now } = options;
  const fail = (what: string): never => {
    throw new AuditLogError('invalid_options', what);
  };
  if (typeof path !== 'string' || path === '') fail('path must be the name of a file');
  if (durability !== 'os' && durability !== 'disk') fail(`durability must be os or disk, but is ${String(durability)}`);
  if (hash !== 'hmac-sha256' && hash !== 'sha256') fail(`hash must be hmac-sha256 or sha256, but is ${String(hash)}`);
  if (typeof clock !== 'function') fail('clock must be a function that returns milliseconds');
  return { path: resolve(path), durability, hash, clock, ...(key === undefined ? {} : { key }), ...(knownNames === undefined ? {} : { knownNames }) };
}

/** The key for appending. One that does not fit what is in the file would make the log fail its own verification. */
function keyFor(path: string, source: KeySource | undefined, nature: FileNature, fd: number): AuditKey {
  const file = `${path}.key`;
  let key = source === undefined ? readKeyFile(file) : resolveKey(source);
  if (key === undefined && nature.keyIds.size === 0) key = createKeyFile(file);
  // Another process may have made the key and written while we looked.
  key ??= readKeyFile(file);
  if (key === undefined) {
    throw new AuditLogError('key_missing', `${path} has entries, but its key ${file} is gone; put the key back, or move the log aside to begin a new one`);
  }
  const { keyIds } = natureOf(fd);
  if (keyIds.size > 0 && !keyIds.has(key.id)) {
    throw new AuditLogError('key_mismatch', `${path} was written with key ${[...keyIds][0]}, not with ${key.id}; give that key, or move the log aside to begin a new one`);
  }
  return key;
}
