import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { AuditRecord } from './entries.ts';
import { AuditLogError, systemCode, systemReason } from './errors.ts';
import { parseLine } from './line.ts';
import { readLines } from './lines.ts';

/** One line of a log: its number, from 1, and the record, absent where the line holds none. */
export interface AuditLogLine {
  line: number;
  record?: AuditRecord;
}

/**
 * The lines that a log has now, in order and in constant memory, without verifying them.
 * A log that does not exist has none.
 *
 * @throws AuditLogError `read_failed`.
 */
export async function* readAuditLog(options: { path: string }): AsyncGenerator<AuditLogLine> {
  let file: FileHandle;
  try {
    file = await open(options.path, 'r');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return;
    throw new AuditLogError('read_failed', `cannot read ${options.path}: ${systemReason(cause)}`, { cause });
  }
  try {
    for await (const group of readLines(file, options.path)) {
      for (const { number, bytes, whole } of group) {
        const record = whole ? recordOf(bytes) : undefined;
        if (record !== undefined) yield { line: number, record };
        else if (bytes.length > 0) yield { line: number };
      }
    }
  } finally {
    await file.close();
  }
}

function recordOf(bytes: Buffer): AuditRecord | undefined {
  const parsed = parseLine(bytes);
  if (parsed === undefined) return undefined;
  try {
    return JSON.parse(parsed.text) as AuditRecord;
  } catch {
    return undefined;
  }
}
