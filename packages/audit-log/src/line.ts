/**
 * The form of a line: the entry's fields, then the envelope that chains and authenticates it. `prev` is the SHA-256
 * of the same writer's previous record, byte for byte; `after` says where another writer's record ended that was the
 * newest in the file when this one was written, and its SHA-256; `mac` authenticates everything before it.
 */
import { sha256 } from './hashes.ts';
import type { AuditKey } from './hashes.ts';

/** How every record begins. Inside a record its quotes would be escaped, so the last occurrence starts the record. */
export const RECORD_START: string = '{"timestamp":"';

/** The longest line that is read, in bytes. Entries are bounded far below it. */
export const MAX_LINE: number = 1024 * 1024;

/** `prev` of a writer's first record. */
export const NO_PREVIOUS: string = '0'.repeat(64);

const ENVELOPE =
  /,"writer":"([0-9a-f]{24})","seq":(0|[1-9][0-9]{0,14}),"prev":"([0-9a-f]{64})"(?:,"after":"([1-9][0-9]{0,14}):([0-9a-f]{64})")?,"mac":"([0-9a-f]{16}):([0-9a-f]{64})"\}$/;

/** A record that was there: the byte offset behind its newline, and its SHA-256. */
export interface Link {
  at: number;
  hash: string;
}

/** Where a record stands in its writer's chain. */
export interface ChainPosition {
  writer: string;
  seq: number;
  prev: string;
}

/** The parts of a line. */
export interface ParsedLine extends ChainPosition {
  /** Bytes before the record: what a torn write left there. */
  prefix: Buffer;
  /** The record, from `{` to `}`. */
  text: string;
  /** The part that `mac` covers. */
  signed: string;
  after: Link | undefined;
  keyId: string;
  mac: string;
}

/** Completes an entry to a record, without its newline. */
export function sealRecord(fields: object, position: ChainPosition, after: Link | undefined, key: AuditKey): string {
  const { writer, seq, prev } = position;
  const link = after === undefined ? '' : `,"after":"${after.at}:${after.hash}"`;
  const signed = `${JSON.stringify(fields).slice(0, -1)},"writer":"${writer}","seq":${seq},"prev":"${prev}"${link}`;
  return `${signed},"mac":"${key.id}:${key.line(signed)}"}`;
}

/** Takes a line (without its newline) apart; undefined where it ends in no record. Says nothing about its truth. */
export function parseLine(line: Buffer): ParsedLine | undefined {
  const whole = line.toString('latin1');
  const start = whole.lastIndexOf(RECORD_START);
  if (start < 0) return undefined;
  const text = start === 0 ? whole : whole.slice(start);
  const match = isAscii(text) ? ENVELOPE.exec(text) : null;
  if (match === null) return undefined;
  const [, writer = '', seq = '', prev = '', at, hash = '', keyId = '', mac = ''] = match;
  return {
    prefix: line.subarray(0, start),
    text,
    signed: text.slice(0, text.length - mac.length - keyId.length - 11),
    writer,
    seq: Number(seq),
    prev,
    after: at === undefined ? undefined : { at: Number(at), hash },
    keyId,
    mac,
  };
}

/** The SHA-256 of a record, as chains and links use it. */
export function recordHash(record: { text: string }): string {
  return sha256(record.text);
}

/**
 * Whether a line, even a damaged one, was written by this package: two of its four marks are enough, so that
 * neither a stray change nor somebody else's log is mistaken.
 */
export function looksLikeOurs(line: string): boolean {
  return [RECORD_START, '"writer":"', '"seq":', '"mac":"'].filter((mark) => line.includes(mark)).length >= 2;
}

function isAscii(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text);
}
