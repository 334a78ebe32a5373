import { CONTEXT, type Rule } from './rule.ts';

/** A head and the rule that judges what follows it. */
export interface Anchor {
  head: string;
  rule: Rule;
}

/** The rules in the form that the scanner runs on. */
export interface RuleTable {
  /** Anchors by the code of their first character, in the order of the rules: the first match wins. */
  readonly byFirst: readonly (readonly Anchor[])[];
  /** Flag per pair of ASCII characters (first × 128 + second) that can open an anchor. Others count as code 0. */
  readonly pairs: Uint8Array;
  /** Rules whose matches may start left of their anchor. */
  readonly backward: readonly Rule[];
  /** UTF-16 units left of the scan position that must stay readable. */
  readonly context: number;
  /** Upper bound of UTF-16 units that a stream keeps back, computed from the rules. */
  readonly holdBack: number;
}

/** Compiles rules into a table. Pure; the order of the rules is their priority. */
export function compileRules(rules: readonly Rule[]): RuleTable {
  const byFirst: Anchor[][] = Array.from({ length: 128 }, () => []);
  const pairs = new Uint8Array(128 * 128);
  for (const rule of rules) {
    for (const head of rule.anchors) {
      const first = head.charCodeAt(0);
      byFirst[first]?.push({ head, rule });
      if (head.length === 1) pairs.fill(1, first * 128, first * 128 + 128);
      else pairs[first * 128 + head.charCodeAt(1)] = 1;
    }
  }
  const behind = Math.max(0, ...rules.map((rule) => rule.behind ?? 0));
  const reach = Math.max(0, ...rules.map((rule) => rule.reach));
  return {
    byFirst,
    pairs,
    backward: rules.filter((rule) => rule.earliest !== undefined),
    // Two more, to read the whole character in front of the outermost one.
    context: Math.max(CONTEXT, behind) + 2,
    // One more for the first half of a surrogate pair, which waits for the second.
    holdBack: behind + reach + 1,
  };
}

/**
 * Index of the first pair in [from, stop) that can open an anchor, or `stop`.
 * The last unit of the text has no pair yet: it counts when it can be the first half of one.
 */
export function nextCandidate(table: RuleTable, text: string, from: number, stop: number): number {
  const { pairs, byFirst } = table;
  const last = text.length - 1;
  const paired = Math.min(stop, last);
  let first = text.charCodeAt(from);
  for (let i = from; i < paired; i += 1) {
    const second = text.charCodeAt(i + 1);
    if (first < 128 && pairs[first * 128 + (second < 128 ? second : 0)] === 1) return i;
    first = second;
  }
  if (from <= last && last < stop && (byFirst[text.charCodeAt(last)]?.length ?? 0) > 0) return last;
  return stop;
}
