import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuditLogError, systemCode, systemReason } from './errors.ts';
import { syncFolder } from './files.ts';
import { makeKey, sha256, textHash } from './hashes.ts';
import type { AuditKey } from './hashes.ts';

/**
 * The key of an installation: at least 32 bytes, or 64 hex digits, or the file that holds 64 hex digits.
 * Default everywhere: the file beside the log, `PATH.key`.
 */
export type KeySource = Uint8Array | string | { file: string };

/**
 * The hash under which a text appears in a log: `hmac-sha256:<key id>:<hex>`, or `sha256:<hex>` without a key.
 *
 * @throws AuditLogError `key_invalid`, `key_missing`, `insecure_file` or `read_failed`.
 * @example
 * ```ts
 * hashText('What is 2+2?', { file: `${path}.key` });
 * ```
 */
export function hashText(text: string, key?: KeySource): string {
  return key === undefined ? `sha256:${sha256(text)}` : textHash(text, resolveKey(key), 'hmac-sha256');
}

/** Makes a key from what the caller gave; a file must exist. */
export function resolveKey(source: KeySource): AuditKey {
  if (source instanceof Uint8Array) {
    if (source.length >= 32) return makeKey(source);
    throw new AuditLogError('key_invalid', `key must have at least 32 bytes, but has ${source.length}`);
  }
  if (typeof source === 'string') return parseKey(source, 'key');
  const key = readKeyFile(source.file);
  if (key === undefined) throw new AuditLogError('key_missing', `key file ${source.file} does not exist`);
  return key;
}

/**
 * Reads a key file; undefined where there is none.
 *
 * @throws AuditLogError `insecure_file` where other users can read or change it.
 */
export function readKeyFile(file: string): AuditKey | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new AuditLogError('read_failed', `cannot open key file ${file}: ${systemReason(cause)}`, { cause });
  }
  try {
    const { mode, uid } = fstatSync(fd);
    if (process.platform !== 'win32') {
      if ((mode & 0o077) !== 0) throw new AuditLogError('insecure_file', `key file ${file} is open to other users (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${file}`);
      if (uid !== process.getuid?.() && process.getuid?.() !== 0) throw new AuditLogError('insecure_file', `key file ${file} belongs to another user; run: chown ${process.getuid?.()} ${file}`);
    }
    return parseKey(readFileSync(fd, 'latin1').trim(), `key file ${file}`);
  } catch (cause) {
    if (cause instanceof AuditLogError) throw cause;
    throw new AuditLogError('read_failed', `cannot read key file ${file}: ${systemReason(cause)}`, { cause });
  } finally {
    closeSync(fd);
  }
}

/** Creates a key file unless there is one, whole or not at all, and returns the key that is there then. */
export function createKeyFile(file: string): AuditKey {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      writeSync(fd, `${randomBytes(32).toString('hex')}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    try {
      // A link appears with its whole content and never replaces: of two processes, one wins and both read the winner's.
      linkSync(draft, file);
      syncFolder(dirname(file));
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST') throw cause;
    } finally {
      unlinkSync(draft);
    }
  } catch (cause) {
    throw new AuditLogError('write_failed', `cannot create key file ${file}: ${systemReason(cause)}`, { cause });
  }
  const key = readKeyFile(file);
  if (key === undefined) throw new AuditLogError('key_missing', `key file ${file} vanished while it was created`);
  return key;
}

function parseKey(text: string, name: string): AuditKey {
  if (/^[0-9a-f]{64}$/i.test(text)) return makeKey(Buffer.from(text, 'hex'));
  throw new AuditLogError('key_invalid', `${name} must hold 64 hex digits, but holds ${text.length} characters of something else`);
}
