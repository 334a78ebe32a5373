import { DIGIT, runEnd } from '../chars.ts';
import { END_LOOKAHEAD, numberStarts, tokenEnds } from '../engine/boundary.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { CARD_DIGITS, isIssued } from '../validators/card-issuers.ts';
import { passesLuhn } from '../validators/luhn.ts';

/** A `+` in front makes a telephone number of this many digits or fewer (ITU-T E.164). */
const MAX_PHONE = 15;
/** First group 4 or 6 digits, inner groups 3 or more, at most this many groups: 4-4-4-4-3, 4-6-5, 6-13. */
const MAX_GROUPS = 5;
const MIN_FIRST = 4;
const MIN_INNER = 3;

/*
 * Payment card numbers: 13 to 19 digits, written as one run or in groups joined by single spaces or single
 * hyphens; the head tells the network and with it the length, the last digit is Luhn's.
 * https://www.iso.org/standard/70484.html
 */
export const creditCard: Rule = {
  type: 'pii',
  pattern: 'credit_card',
  anchors: [...'12345689'],
  reach: CARD_DIGITS.max + MAX_GROUPS + END_LOOKAHEAD,
  verify: (view: View, at: number): Verdict => {
    if (!numberStarts(view, at)) return 'none';
    const { text, limit, open } = view;
    const separator = { char: '' };
    const min = at > view.floor && text[at - 1] === '+' ? MAX_PHONE + 1 : CARD_DIGITS.min;
    let digits = '';
    let end: number | undefined;
    for (let from = at, group = 1; group <= MAX_GROUPS; group += 1) {
      const to = runEnd(text, from, Math.min(from + CARD_DIGITS.max + 1, limit), DIGIT);
      if (to === limit && open) return 'more';
      digits += text.slice(from, to);
      if (to === from || digits.length > CARD_DIGITS.max || (group === 1 && to - from < MIN_FIRST)) break;
      const isCard = digits.length >= min && isIssued(digits) && passesLuhn(digits);
      const ends = isCard && tokenEnds(view, to);
      if (ends === 'more') return 'more';
      if (ends) end = to;
      if (group > 1 && to - from < MIN_INNER) break;
      if (!joins(text, to, limit, separator)) break;
      from = to + 1;
    }
    return end === undefined ? 'none' : { start: at, end };
  },
};

/** Whether one space or hyphen, the same throughout the number, stands at `at`. */
function joins(text: string, at: number, limit: number, separator: { char: string }): boolean {
  const char = at < limit ? text.charAt(at) : '';
  if (char !== ' ' && char !== '-') return false;
  separator.char ||= char;
  return char === separator.char;
}
