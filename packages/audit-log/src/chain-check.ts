import { readAt } from './files.ts';
import { sha256 } from './hashes.ts';
import type { AuditKey } from './hashes.ts';
import { NO_PREVIOUS, parseLine, RECORD_START, recordHash } from './line.ts';
import type { Link, ParsedLine } from './line.ts';
import type { Line } from './lines.ts';
import { lastRecord } from './tail.ts';

/** What is wrong with a line. */
export interface Problem {
  /** `torn`: what an interrupted write leaves. `tampered`: what only a change of the file explains. */
  status: 'tampered' | 'torn';
  line: number;
  reason: string;
}

/** Ends of recent records, kept in two generations so that old ones go without a search. */
const RECENT = 2_048;

/**
 * Checks lines one after the other: their form, their authentication where a key is given, the chain of each writer,
 * and the links between writers. Memory grows with the number of writers, not of lines.
 */
export class ChainCheck {
  readonly #fd: number;
  readonly #key: AuditKey | undefined;
  readonly #writers = new Map<string, { seq: number; hash: string }>();
  #recent = new Map<number, string>();
  #older = new Map<number, string>();
  #emptyLine: number | undefined;
  /** Repairs that the log notes of itself. */
  recovered = 0;

  /** @param fd The same file, for looking up what links name. */
  constructor(fd: number, key: AuditKey | undefined) {
    this.#fd = fd;
    this.#key = key;
  }

  /** Checks the next line; the record where it holds one that counts, and the problem where there is one. */
  check(line: Line): { record?: ParsedLine; problem?: Problem } {
    const { number } = line;
    const tampered = (reason: string, at: number = number) => ({ problem: { status: 'tampered' as const, line: at, reason } });
    if (!line.whole) return { problem: { status: 'torn', line: number, reason: 'the line was cut off: it has no newline' } };
    if (line.bytes.length === 0 && this.#emptyLine === undefined) {
      this.#emptyLine = number;
      return {};
    }
    const record = parseLine(line.bytes);
    if (record === undefined) return tampered('the line is not a record of an audit log');
    const fields = fieldsOf(record);
    if (fields === undefined) return tampered('the record is not JSON');
    const repair = fields['kind'] === 'recovered' ? fields['reason'] : undefined;
    if (this.#emptyLine !== undefined && repair !== 'missing_newline') return tampered('the line is empty', this.#emptyLine);
    this.#emptyLine = undefined;
    const reason = this.#authenticity(record) ?? this.#chain(record) ?? this.#link(record, line);
    if (reason !== undefined) return tampered(reason);
    this.#remember(record, line.end);
    if (repair !== undefined) this.recovered += 1;
    if (record.prefix.length === 0 || isRepaired(record.prefix, fields)) return { record };
    const torn = RECORD_START.startsWith(record.prefix.toString('latin1', 0, RECORD_START.length));
    return { record, problem: { status: torn ? 'torn' : 'tampered', line: number, reason: 'there is something before the record' } };
  }

  /** After the last line. */
  end(): Problem | undefined {
    return this.#emptyLine === undefined ? undefined : { status: 'tampered', line: this.#emptyLine, reason: 'the line is empty' };
  }

  #authenticity(record: ParsedLine): string | undefined {
    if (this.#key === undefined) return undefined;
    if (record.keyId !== this.#key.id) return `the record names key ${record.keyId}, and the key given is ${this.#key.id}`;
    return record.mac === this.#key.line(record.signed) ? undefined : 'the record was changed: its authentication code does not fit';
  }

  #chain({ writer, seq, prev }: ParsedLine): string | undefined {
    const last = this.#writers.get(writer);
    const expected = last === undefined ? 0 : last.seq + 1;
    if (seq < expected) return `writer ${writer} repeats its record ${seq}`;
    if (seq > expected) return `records ${expected} to ${seq - 1} of writer ${writer} are missing before this line`;
    return prev === (last?.hash ?? NO_PREVIOUS) ? undefined : `the record before it by writer ${writer} was changed`;
  }

  #link({ after }: ParsedLine, line: Line): string | undefined {
    if (after === undefined) return undefined;
    const start = line.end - line.bytes.length - 1;
    if (after.at <= start && this.#hashAt(after) === after.hash) return undefined;
    return `the record that it followed, which ended at byte ${after.at}, is not there`;
  }

  #hashAt({ at }: Link): string | undefined {
    const known = this.#recent.get(at) ?? this.#older.get(at);
    if (known !== undefined) return known;
    if (readAt(this.#fd, at - 1, 1)[0] !== 10) return undefined;
    const found = lastRecord(this.#fd, at);
    return found?.at === at ? found.hash : undefined;
  }

  #remember(record: ParsedLine, end: number): void {
    const hash = recordHash(record);
    this.#writers.set(record.writer, { seq: record.seq, hash });
    this.#recent.set(end, hash);
    if (this.#recent.size < RECENT) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

function fieldsOf(record: ParsedLine): Record<string, unknown> | undefined {
  try {
    return JSON.parse(record.text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Whether what stands before a record is what that record says was torn: blanked since, or not yet. */
function isRepaired(prefix: Buffer, fields: Record<string, unknown>): boolean {
  if (fields['kind'] !== 'recovered' || fields['reason'] !== 'torn_line' || fields['bytes'] !== prefix.length) return false;
  return prefix.every((byte) => byte === 32) || fields['fragment'] === `sha256:${sha256(prefix)}`;
}
