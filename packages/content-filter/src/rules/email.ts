import type { Rule, Verdict, View } from '../engine/rule.ts';
import { charAt, charBefore, isLocalChar, isUnspaced, isWordChar } from '../validators/address.ts';
import { readDomain } from '../validators/domain.ts';

/** RFC 5321, 4.5.3.1.1. */
const MAX_LOCAL = 64;
/** RFC 5321, 4.5.3.1.2. */
const MAX_DOMAIN = 255;
/** What stands before an `@` in code but names nobody: the account of SSH remotes, qualified `this` in Kotlin. */
const NOBODY = new Set(['git', 'this']);
const LETTER = /^\p{L}$/u;
/** The rest of an escape sequence behind its backslash. */
const ESCAPED = /^(?:[nrtbfv0]|u[0-9a-f]{4}|x[0-9a-f]{2})/i;
/** Marks of a diff, a quote, dots; a percent-encoded delimiter; the opening of a string literal in Python. */
const LEADING = /^(?:[.+'-]|%(?:[0-2][0-9a-f]|3[a-f])|%(?![0-9a-f]{2})|(?:[bfru]|[bf]r|r[bf])')/i;

/*
 * E-mail addresses: local part, `@`, domain of at least two labels, in every script.
 * The candidate is the `@`; the local part is read backwards, at most 64 units, so the time is linear.
 * https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1 https://www.rfc-editor.org/rfc/rfc6531
 */
export const email: Rule = {
  type: 'pii',
  pattern: 'email',
  anchors: ['@'],
  behind: MAX_LOCAL,
  reach: 1 + MAX_DOMAIN,
  earliest: (text, floor, at) => Math.max(walkBack(text, floor, at, mayBeLocal), at - MAX_LOCAL),
  verify: (view: View, at: number): Verdict => {
    const start = localStart(view, at);
    if (start === at || NOBODY.has(view.text.slice(start, at))) return 'none';
    const end = readDomain(view, at + 1);
    if (end === 'more') return 'more';
    return end === undefined ? 'none' : { start, end };
  },
};

function localStart({ text, floor }: View, at: number): number {
  const last = charBefore(text, floor, at);
  if (last === '' || !isLocalChar(last)) return at;
  const crosses = isUnspaced(last);
  let start = walkBack(text, floor, at, (char) => isLocalChar(char) && (crosses || !isUnspaced(char)));
  if (at - start > MAX_LOCAL) start = wordStart(text, at - MAX_LOCAL, at);
  start += leadingLength(text.slice(start, at), start > floor && text[start - 1] === '\\');
  return hasWord(text, start, at) ? start : at;
}

/** Length of what stands in front of the local part without being part of it. */
function leadingLength(run: string, isEscaped: boolean): number {
  let length = isEscaped ? (ESCAPED.exec(run)?.[0].length ?? 0) : 0;
  for (;;) {
    const more = LEADING.exec(run.slice(length))?.[0].length ?? 0;
    if (more === 0) return length;
    length += more;
  }
}

/** Walks left over characters that belong, just beyond the longest local part at most. */
function walkBack(text: string, floor: number, at: number, belongs: (char: string) => boolean): number {
  let start = at;
  while (at - start <= MAX_LOCAL) {
    const char = charBefore(text, floor, start);
    if (char === '' || !belongs(char)) return start;
    start -= char.length;
  }
  return start;
}

/** What must wait for an `@`: half a pair does too, because its other half may still come. */
function mayBeLocal(char: string): boolean {
  return isLocalChar(char) || (char >= '\uD800' && char <= '\uDFFF');
}

/** First place in the window where a word begins with a letter: the text in front of it stays as it is. */
function wordStart(text: string, from: number, at: number): number {
  for (let i = from; i < at; i += 1) {
    const char = charAt(text, i, at);
    const before = charBefore(text, 0, i);
    const begins = !isWordChar(before) || isUnspaced(before) || isUnspaced(char);
    if (begins && LETTER.test(char)) return i;
  }
  return at;
}

function hasWord(text: string, from: number, to: number): boolean {
  for (let end = to; end > from; ) {
    const char = charBefore(text, from, end);
    if (isWordChar(char)) return true;
    end -= char.length;
  }
  return false;
}
