import { has, runEnd, TOKEN } from '../chars.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { runTail } from '../engine/tail.ts';
import { isJoseHeader } from '../validators/jose.ts';

const HEAD = 'eyJ';
/** Shortest header: `{"alg":""}` in base64url. */
const MIN_HEADER = 14;
/** Characters of a header after which the verdict stands without its end. */
const COMMIT = 256;
/** Fewest characters, dots aside, that must follow the header, and how far they are looked for. */
const MIN_BEHIND = 8;
const MAX_BEHIND = MIN_BEHIND + 4;
const TAIL = runTail(TOKEN, '.');

/*
 * JSON Web Tokens: base64url parts joined by dots, two (unsigned), three (JWS) or five (JWE), of which some may be
 * empty. The header is a JSON object, so it begins with `eyJ` (`{"`); in a JWS the claims begin so too. A header
 * without anything behind it is public and stays.
 * https://www.rfc-editor.org/rfc/rfc7519 https://www.rfc-editor.org/rfc/rfc7515 https://www.rfc-editor.org/rfc/rfc7516
 */
export const jwt: Rule = {
  type: 'secret',
  pattern: 'jwt',
  anchors: [HEAD],
  reach: COMMIT + 1 + MAX_BEHIND,
  verify: (view: View, at: number): Verdict => {
    const { text, limit, open } = view;
    const end = runEnd(text, at, Math.min(at + COMMIT, limit), TOKEN);
    if (end === at + COMMIT) return isJoseHeader(text, at, end) ? { start: at, end, tail: TAIL } : 'none';
    if (end === limit) return open ? 'more' : 'none';
    if (text[end] !== '.' || end - at < MIN_HEADER) return 'none';
    return verifyBehindHeader(view, at, end);
  },
};

function verifyBehindHeader({ text, limit, open }: View, at: number, dot: number): Verdict {
  const from = dot + 1;
  if (text.slice(from, Math.min(from + HEAD.length, limit)) === HEAD) {
    return { start: at, end: from + HEAD.length, tail: TAIL };
  }
  // The parts behind the header may be short or empty (`header..signature`), but an ellipsis is none.
  let behind = 0;
  for (let i = from; i < Math.min(from + MAX_BEHIND, limit); i += 1) {
    if (has(TOKEN, text.charCodeAt(i))) behind += 1;
    else if (text[i] !== '.' || text.startsWith('...', i - 2)) return 'none';
    if (behind === MIN_BEHIND) return isJoseHeader(text, at, dot) ? { start: at, end: i + 1, tail: TAIL } : 'none';
  }
  return open && limit < from + MAX_BEHIND ? 'more' : 'none';
}
