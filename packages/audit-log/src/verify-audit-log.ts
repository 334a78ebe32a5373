import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ChainCheck } from './chain-check.ts';
import type { Problem } from './chain-check.ts';
import { AuditLogError, systemCode, systemReason } from './errors.ts';
import { natureOf } from './foreign.ts';
import type { AuditKey } from './hashes.ts';
import { readKeyFile, resolveKey } from './key.ts';
import type { KeySource } from './key.ts';
import { readLines } from './lines.ts';
import { readSeen, RecordDigest, writeSeen } from './seen.ts';
import type { SeenState } from './seen.ts';

/** What is verified. */
export interface VerifyOptions {
  path: string;
  /** Default: the file `PATH.key` where there is one; without a key only the chains are checked. */
  key?: KeySource;
  /** Whether to keep what was verified in `PATH.seen`, which later finds a log cut short or set back. Default true. */
  remember?: boolean;
  /** How long to wait for the end of a line that another process may just be writing, ms. Default 100. */
  patienceMs?: number;
}

/** What verification found. */
export interface VerifyResult {
  /** `torn`: nothing was changed, but a line was cut off; the next `openAuditLog` mends it. */
  status: 'intact' | 'tampered' | 'torn';
  /** Records that were found true before the first bad line. */
  entries: number;
  /** The first bad line, from 1; 0 where not the log but what is remembered of it was changed. */
  firstBad?: { line: number; reason: string };
  /** Whether a key was at hand. Without one, who can write the file can also make up a log that verifies. */
  authenticated: boolean;
  /** Repairs that the log notes of itself. */
  recovered: number;
  /** Whether `PATH.seen` now vouches for all these entries; false where it may not be written or was not asked for. */
  remembered: boolean;
}

/**
 * Verifies a log in one pass and constant memory, also while others append to it. A log that does not exist is intact.
 *
 * @throws AuditLogError `read_failed`, `foreign_file`, `insecure_file`, `key_invalid` or `key_missing`: nothing is known then.
 */
export async function verifyAuditLog(options: VerifyOptions): Promise<VerifyResult> {
  const { path } = options;
  const key = options.key === undefined ? readKeyFile(`${path}.key`) : resolveKey(options.key);
  // Read before the log: what another verification remembers later may lie beyond what we read.
  const seen = readSeen(`${path}.seen`, key);
  const file = await openForReading(path);
  try {
    const result = await verifyFile(options, file, key, seen);
    const remembered = file !== undefined && options.remember !== false && (await remember(path, file, key, result, seen));
    const { status, entries, firstBad, recovered } = result;
    return { status, entries, ...(firstBad === undefined ? {} : { firstBad }), authenticated: key !== undefined, recovered, remembered };
  } finally {
    await file?.close();
  }
}

/** What one pass found, and the state to remember. */
interface Pass {
  status: VerifyResult['status'];
  entries: number;
  firstBad: VerifyResult['firstBad'] | undefined;
  recovered: number;
  state: SeenState;
}

async function verifyFile(
  { path, patienceMs }: VerifyOptions,
  file: FileHandle | undefined,
  key: AuditKey | undefined,
  seen: SeenState | 'altered' | undefined,
): Promise<Pass> {
  const digest = new RecordDigest();
  const check = file === undefined ? undefined : new ChainCheck(file.fd, key);
  const pass = (problem: Problem | undefined): Pass => ({
    status: problem?.status ?? 'intact',
    entries: digest.entries,
    firstBad: problem === undefined ? undefined : { line: problem.line, reason: problem.reason },
    recovered: check?.recovered ?? 0,
    state: digest.state(),
  });
  let torn: Problem | undefined;
  let lines = 0;
  if (file !== undefined && check !== undefined) {
    if (seen === undefined && natureOf(file.fd).kind === 'foreign') throw new AuditLogError('foreign_file', `${path} is not an audit log`);
    const memory = seen === undefined || seen === 'altered' ? undefined : new SeenCheck(seen);
    for await (const group of readLines(file, path, patienceMs)) {
      for (const line of group) {
        lines = line.whole ? line.number : line.number - 1;
        const { record, problem } = check.check(line);
        if (problem?.status === 'tampered') return pass(first(torn, problem));
        torn ??= problem;
        if (record === undefined) continue;
        digest.add(record.text);
        const changed = memory?.check(digest, line.number);
        if (changed !== undefined) return pass(first(torn, changed));
      }
    }
    const last = check.end();
    if (last !== undefined) return pass(last);
  }
  if (seen === 'altered') return pass({ status: 'tampered', line: 0, reason: `the remembered state ${path}.seen was changed` });
  if (seen !== undefined && digest.entries < seen.entries) {
    return pass({ status: 'tampered', line: lines + 1, reason: `the log was cut short: ${seen.entries} records were verified before, ${digest.entries} are there` });
  }
  return pass(torn);
}

/** Where a change follows something torn, the torn line is the first bad one. */
function first(torn: Problem | undefined, change: Problem): Problem {
  if (torn === undefined || torn.line >= change.line) return change;
  return { status: 'tampered', line: torn.line, reason: `${torn.reason}; and on line ${change.line}, ${change.reason}` };
}

/** Compares a log, as it is read, with what was verified before. */
class SeenCheck {
  readonly #seen: SeenState;
  /** First line behind the last mark that was right. */
  #from = 0;

  constructor(seen: SeenState) {
    this.#seen = seen;
  }

  check(digest: RecordDigest, line: number): Problem | undefined {
    const { entries, stride, marks, digest: final } = this.#seen;
    const count = digest.entries;
    if (count > entries) return undefined;
    if (this.#from === 0) this.#from = line;
    const mark = count === entries ? final : count % stride === 0 ? marks[count / stride - 1] : undefined;
    if (mark === undefined) return undefined;
    const from = this.#from;
    this.#from = 0;
    if (mark === digest.digest()) return undefined;
    const where = from === line ? 'this line is not' : `lines ${from} to ${line} are not all`;
    return { status: 'tampered', line: from, reason: `${where} what was verified before` };
  }
}

/** Keeps the state that was verified, if it goes beyond what is kept; whether it is kept then. */
async function remember(path: string, file: FileHandle, key: AuditKey | undefined, { status, state }: Pass, seen: SeenState | 'altered' | undefined): Promise<boolean> {
  if (status === 'tampered' || state.entries === 0) return false;
  if (seen !== undefined && seen !== 'altered' && seen.entries >= state.entries) return true;
  try {
    // What is remembered must not outlive the log in a power cut.
    await file.datasync();
    await writeSeen(`${path}.seen`, state, key);
    return true;
  } catch {
    // The verdict stands all the same, in a folder that cannot be written too; the result says that it is not kept.
    return false;
  }
}

async function openForReading(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new AuditLogError('read_failed', `cannot read ${path}: ${systemReason(cause)}`, { cause });
  }
  throw new AuditLogError('read_failed', `cannot read ${path}: it is not a plain file`);
}
