import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, futimesSync, writeSync } from 'node:fs';
import type { RecoveredReason } from './entries.ts';
import { AuditLogError, systemReason } from './errors.ts';
import { openLogFile, overwriteAt, readAt } from './files.ts';
import { natureOf } from './foreign.ts';
import { sha256 } from './hashes.ts';
import type { AuditKey } from './hashes.ts';
import { NO_PREVIOUS, parseLine, recordHash, sealRecord } from './line.ts';
import type { ChainPosition, ParsedLine } from './line.ts';
import { endsWhole, lastFragment, lastRecord } from './tail.ts';

/** What a writer needs. */
export interface LogWriterOptions {
  path: string;
  key: AuditKey;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** The file, opened by `openLogFile`; the writer closes it. */
  fd: number;
}

/** How often an unterminated end is looked at before it counts as torn. */
const LOOKS = 3;

/**
 * One chain in the file. Each record is one `write` on a descriptor open for appending, so writers of other processes
 * never overwrite each other; every method is synchronous, so callers in this process take their turns.
 */
export class LogWriter {
  readonly #path: string;
  readonly #key: AuditKey;
  readonly #clock: () => number;
  readonly #retired: number[] = [];
  #fd: number;
  #chain: ChainPosition = newChain();
  /** Size of the file after our last write, −1 when unknown. Any other size means that somebody else wrote. */
  #expected = -1;

  constructor({ path, key, clock, fd }: LogWriterOptions) {
    this.#path = path;
    this.#key = key;
    this.#clock = clock;
    this.#fd = fd;
  }

  /** The open file. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Writes one record; when this returns, the system has it.
   *
   * @param fields The encoded entry.
   * @throws AuditLogError `write_failed`: the record does not count, whatever part of it reached the file.
   */
  append(fields: object): void {
    this.#attempt(() => {
      this.#reopenIfRemoved();
      const size = this.#settleTail();
      this.#write(fields, size, size);
    });
  }

  /** Ends what an earlier writer left torn; true where there was something. */
  repair(): boolean {
    const before = this.#chain.seq;
    this.#attempt(() => this.#settleTail());
    return this.#chain.seq > before;
  }

  /** Notes in the log that something was put right. */
  recovered(reason: RecoveredReason, bytes: number): void {
    this.append({ kind: 'recovered', reason, bytes });
  }

  /**
   * Starts a new chain. After a failed write nobody knows what the file holds, so the old chain is never continued:
   * it would fork where its next record is already there.
   */
  renew(): void {
    this.#chain = newChain();
    this.#expected = -1;
  }

  /** Closes the file. */
  close(): void {
    for (const fd of [...this.#retired, this.#fd]) closeSync(fd);
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      this.renew();
      if (cause instanceof AuditLogError) throw cause;
      throw new AuditLogError('write_failed', `cannot write audit log ${this.#path}: ${systemReason(cause)}`, { cause });
    }
  }

  #reopenIfRemoved(): void {
    if (fstatSync(this.#fd).nlink > 0) return;
    const fd = openLogFile(this.#path);
    if (natureOf(fd).kind === 'foreign') {
      closeSync(fd);
      throw new AuditLogError('foreign_file', `${this.#path} was replaced by a file that is not an audit log; move it away`);
    }
    // A sync of the old file may still be under way, so its descriptor stays until the end.
    this.#retired.push(this.#fd);
    this.#fd = fd;
    this.renew();
    const size = this.#settleTail();
    this.#write({ kind: 'recovered', reason: 'log_removed', bytes: 0 }, size, size);
  }

  /** Makes sure that the file ends in a newline and returns its size. */
  #settleTail(): number {
    for (let look = 0; look < LOOKS; look += 1) {
      const { size } = fstatSync(this.#fd);
      if (size === this.#expected || endsWhole(this.#fd, size)) return size;
      // Another writer may be in mid-write. Setting the time takes the file's lock in the kernel, so it waits for that.
      const now = new Date();
      futimesSync(this.#fd, now, now);
    }
    this.#repairTail();
    return fstatSync(this.#fd).size;
  }

  /**
   * A torn end is never cut off: another process could append between the look and the cut. Instead a `recovered`
   * record is appended to it, which ends the line; when that is in the file, the write before it is over, and its
   * remains can be blanked in place. Blanks before a record leave the line valid JSON.
   */
  #repairTail(): void {
    const { size } = fstatSync(this.#fd);
    const fragment = lastFragment(this.#fd, size);
    if (fragment === undefined) {
      throw new AuditLogError('write_failed', `audit log ${this.#path} ends in more than a line can hold; move it aside and check who else writes to it`);
    }
    const { at, bytes } = fragment;
    if (bytes.length === 0) return;
    const left = parseLine(bytes);
    if (left !== undefined && left.prefix.length === 0 && this.#isTrue(left)) {
      this.#write({ kind: 'recovered', reason: 'missing_newline', bytes: 0 }, size, at, '\n');
      return;
    }
    const line = this.#write({ kind: 'recovered', reason: 'torn_line', bytes: bytes.length, fragment: `sha256:${sha256(bytes)}` }, size, at);
    const now = readAt(this.#fd, at, bytes.length + line.length);
    if (now.equals(Buffer.concat([bytes, line]))) overwriteAt(this.#path, this.#fd, at, Buffer.alloc(bytes.length, ' '));
    this.#expected = -1;
  }

  #isTrue(record: ParsedLine): boolean {
    return record.keyId === this.#key.id && record.mac === this.#key.line(record.signed);
  }

  /** Writes a record to a file of `size` bytes whose whole lines end at `whole`. */
  #write(fields: object, size: number, whole: number, before = ''): Buffer {
    const { writer, seq } = this.#chain;
    const after = size === this.#expected ? undefined : lastRecord(this.#fd, whole);
    const record = sealRecord({ timestamp: new Date(this.#clock()).toISOString(), ...fields }, this.#chain, after, this.#key);
    const line = Buffer.from(`${before}${record}\n`, 'latin1');
    const written = writeSync(this.#fd, line);
    if (written !== line.length) {
      throw new AuditLogError('write_failed', `audit log ${this.#path} took ${written} of ${line.length} bytes; is the disk full?`);
    }
    this.#chain = { writer, seq: seq + 1, prev: recordHash({ text: record }) };
    this.#expected = size + line.length;
    return line;
  }
}

function newChain(): ChainPosition {
  return { writer: randomBytes(12).toString('hex'), seq: 0, prev: NO_PREVIOUS };
}
