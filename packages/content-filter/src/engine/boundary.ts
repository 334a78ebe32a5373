import { ALNUM, DIGIT, HEX, has } from '../chars.ts';
import type { View } from './rule.ts';

/** Heads so unmistakable that their rules need no boundary in front; where one opens, the token before it ends. */
const OPENS_ANYWHERE = ['eyJ', 'gh', 'git', 'sk-'];

/** UTF-16 units behind a token that `tokenEnds` may read. */
export const END_LOOKAHEAD = 3;

const ESCAPE = 0x1b;
const ANSI_MAX = 16;
const SIMPLE_ESCAPES = 'nrtbfv0';

/**
 * Whether a token can start at `at`: there is no ASCII letter or digit in front, or the one in front ends an
 * escape sequence (`\n` in a JSON string, `\u000a`, `\x0a`, `%3D` in a URL, a terminal colour).
 */
export function tokenStarts(view: View, at: number): boolean {
  if (at <= view.floor) return true;
  if (!has(ALNUM, view.text.charCodeAt(at - 1))) return true;
  return endsEscape(view.text, view.floor, at);
}

/** Whether the digits at `at` begin a number: a token starts there, and it does not continue `12-` or `12.`. */
export function numberStarts(view: View, at: number): boolean {
  if (!tokenStarts(view, at)) return false;
  const before = at - 1 >= view.floor ? view.text[at - 1] : undefined;
  const joined = before === '-' || before === '.';
  return !(joined && at - 2 >= view.floor && has(DIGIT, view.text.charCodeAt(at - 2)));
}

/** Whether a token that reaches up to `at` ends there; `more` while the text that decides it is missing. */
export function tokenEnds(view: View, at: number): boolean | 'more' {
  if (at >= view.limit) return view.open ? 'more' : true;
  if (!has(ALNUM, view.text.charCodeAt(at))) return true;
  const ahead = view.text.slice(at, Math.min(at + END_LOOKAHEAD, view.limit));
  if (OPENS_ANYWHERE.some((head) => ahead.startsWith(head))) return true;
  const undecided = view.open && ahead.length < END_LOOKAHEAD && OPENS_ANYWHERE.some((head) => head.startsWith(ahead));
  return undecided ? 'more' : false;
}

function endsEscape(text: string, floor: number, at: number): boolean {
  const marked = (mark: string, length: number): boolean => {
    const start = at - length - mark.length;
    if (start < floor || !text.startsWith(mark, start)) return false;
    for (let i = at - length; i < at; i += 1) if (!has(HEX, text.charCodeAt(i))) return false;
    return true;
  };
  const simple = at - 2 >= floor && text[at - 2] === '\\' && SIMPLE_ESCAPES.includes(text.charAt(at - 1));
  return simple || marked('%', 2) || marked('\\x', 2) || marked('\\u', 4) || endsColour(text, floor, at);
}

function endsColour(text: string, floor: number, at: number): boolean {
  if (text[at - 1] !== 'm') return false;
  let i = at - 2;
  const stop = Math.max(floor, at - ANSI_MAX);
  while (i > stop && (has(DIGIT, text.charCodeAt(i)) || text[i] === ';')) i -= 1;
  return i > stop && text[i] === '[' && text.charCodeAt(i - 1) === ESCAPE;
}
