import type { FindingType } from '../types.ts';
import type { Match, Rule } from './rule.ts';
import type { Tail } from './tail.ts';

/** A redaction in the making. Indices are those of the scanner's buffer and move with it. */
export interface Span {
  start: number;
  /** One past the last unit known to belong to it. */
  end: number;
  type: FindingType;
  pattern: string;
  /** What extends it, at most one of a kind. Finished ones stay, so that no stretch is walked twice. */
  tails: { tail: Tail; at: number; done: boolean }[];
}

/** Opens a redaction for a match. */
export function openSpan(match: Match, rule: Rule): Span {
  const tails = match.tail ? [{ tail: match.tail, at: match.end, done: false }] : [];
  return { start: match.start, end: match.end, type: rule.type, pattern: rule.pattern, tails };
}

/**
 * Takes a match that begins inside the redaction into it: one placeholder stands for both, and a secret gives
 * it its name even where personal data came first.
 */
export function mergeMatch(span: Span, match: Match, rule: Rule): void {
  span.end = Math.max(span.end, match.end);
  if (span.type === 'pii' && rule.type === 'secret') {
    span.type = rule.type;
    span.pattern = rule.pattern;
  }
  const { tail, end } = match;
  if (tail === undefined) return;
  const same = span.tails.find((known) => known.tail === tail);
  if (same === undefined) {
    span.tails.push({ tail, at: end, done: false });
  } else if (same.at < end) {
    same.at = end;
    same.done = false;
  }
}

/** Lets the tails take what has arrived. Returns whether one of them still waits for more text. */
export function advanceTails(span: Span, text: string, final: boolean): boolean {
  let waiting = false;
  for (const known of span.tails) {
    if (known.done) continue;
    const step = known.tail.advance(text, known.at, final);
    known.at = step.at;
    known.done = step.done;
    span.end = Math.max(span.end, step.at);
    waiting ||= !step.done;
  }
  return waiting;
}

/** Moves the span when the scanner drops `count` units from the front of its buffer. */
export function shiftSpan(span: Span, count: number): void {
  span.start -= count;
  span.end -= count;
  for (const known of span.tails) known.at -= count;
}
