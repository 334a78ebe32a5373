import { DIGIT, has, runEnd } from '../chars.ts';
import { END_LOOKAHEAD, numberStarts, tokenEnds } from '../engine/boundary.ts';
import { CONTEXT, type Rule, type Verdict, type View } from '../engine/rule.ts';
import { isIssuedSsn } from '../validators/ssn-areas.ts';

/** Digits of area, group and serial. */
const PARTS = [3, 2, 4] as const;
const LENGTH = 11;
const NAMED = /(?:(?<![a-z])ssns?(?![a-z])|social[ _-]?security)[^\]]*$/i;

/*
 * US social security numbers: area, group and serial, three, two and four digits, joined by hyphens. Joined by
 * spaces they look like any table of numbers, so there the name must stand in front (`SSN`, `social security`).
 * https://www.ssa.gov/history/ssn/geocard.html
 */
export const ssn: Rule = {
  type: 'pii',
  pattern: 'ssn',
  anchors: [...'012345678'],
  reach: LENGTH + END_LOOKAHEAD,
  verify: (view: View, at: number): Verdict => {
    if (!numberStarts(view, at)) return 'none';
    const { text, limit, open } = view;
    const parts: string[] = [];
    const separator = text.charAt(at + PARTS[0]);
    let from = at;
    for (const length of PARTS) {
      const to = runEnd(text, from, Math.min(from + length, limit), DIGIT);
      if (to < from + length) return to === limit && open ? 'more' : 'none';
      parts.push(text.slice(from, to));
      if (parts.length === PARTS.length) break;
      if (to === limit) return open ? 'more' : 'none';
      if (text[to] !== separator || (separator !== '-' && separator !== ' ')) return 'none';
      from = to + 1;
    }
    const [area = '', group = '', serial = ''] = parts;
    if (!isIssuedSsn(area, group, serial)) return 'none';
    if (separator === ' ' && !isNamed(view, at)) return 'none';
    const ends = numberEnds(view, at + LENGTH);
    if (ends === 'more') return 'more';
    return ends ? { start: at, end: at + LENGTH } : 'none';
  },
};

/** The search stops at a bracket, so that a placeholder in between does not bring a name nearer. */
function isNamed({ text, floor }: View, at: number): boolean {
  return NAMED.test(text.slice(Math.max(floor, at - CONTEXT), at));
}

/** Longer chains of digits and hyphens are serial numbers. */
function numberEnds(view: View, at: number): boolean | 'more' {
  const { text, limit, open } = view;
  if (at >= limit || text[at] !== '-') return tokenEnds(view, at);
  if (at + 1 === limit) return open ? 'more' : true;
  return !has(DIGIT, text.charCodeAt(at + 1));
}
