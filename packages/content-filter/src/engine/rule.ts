import type { FindingType } from '../types.ts';
import type { Tail } from './tail.ts';

/**
 * The part of the text that a rule may read when it judges a candidate at `at`.
 * A rule that needs to read `limit` or beyond answers `more` while `open` is true, and otherwise decides
 * with what it has: so a verdict never depends on how the text was cut into chunks.
 */
export interface View {
  readonly text: string;
  /** Nothing left of this index may be read: it is the start of the text or the end of the last redaction. */
  readonly floor: number;
  /** Nothing at or right of this index may be read: at most `at + reach`. */
  readonly limit: number;
  /** The text goes on behind `limit`, but has not arrived yet. */
  readonly open: boolean;
}

/** A confirmed match: redact [start, end) and whatever `tail` goes on to take. */
export interface Match {
  start: number;
  end: number;
  tail?: Tail;
}

/** The judgement over one candidate. */
export type Verdict = Match | 'none' | 'more';

/**
 * One row of the table of rules.
 *
 * Two conditions keep redaction a fixed point, and the property tests hold every rule to them. A rule that
 * says yes to a text also says yes when more text follows (no match may hang on what comes behind it, except
 * through `tokenEnds`). And a match starts where `tokenStarts` holds, unless its head is listed in
 * `OPENS_ANYWHERE`.
 */
export interface Rule {
  readonly type: FindingType;
  /** The name that findings and violations carry. */
  readonly pattern: string;
  /** Literal heads that open a candidate, case-sensitive, ASCII. */
  readonly anchors: readonly string[];
  /** UTF-16 units, counted from the start of the anchor, after which the verdict stands (the commit length). */
  readonly reach: number;
  /** UTF-16 units left of the anchor that may belong to the match. Default 0. */
  readonly behind?: number;
  /** Earliest index at which a match may start whose anchor is at `at` or later. Needed where `behind` is. */
  readonly earliest?: (text: string, floor: number, at: number) => number;
  /** Judges the candidate whose anchor is complete at `at`. Reads at most `reach` units: constant time. */
  readonly verify: (view: View, at: number) => Verdict;
}

/** UTF-16 units left of a candidate that any rule may read as context without redacting them. */
export const CONTEXT = 64;
