import { BASE64, charSet, has, LOWER, runEnd, UPPER } from '../chars.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { blockTail } from '../engine/block-tail.ts';

const HEAD = '-----BEGIN';
const HEADER = /^-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/;
const HEADER_SO_FAR = /^-----BEGIN[A-Z0-9 -]*$/;
const MAX_HEADER = 96;
/** Characters behind the header in which the key must begin: encryption headers and comments come first. */
const MAX_PREAMBLE = 220;
const FOOT = '-----END';
/** Everything between the lines of an armour, also quoted, escaped, indented or marked as a comment. */
const BLOCK = charSet('A-Za-z0-9+/= \t\r\n\\"\',:.()#>|_-');
const TAIL = blockTail(BLOCK, FOOT);

/** A run of base64 this long is key material, in mixed case this long. */
const LONG = 40;
const MIXED = 16;

/*
 * Private keys in textual armour: `-----BEGIN … PRIVATE KEY-----` (PKCS #1, PKCS #8, SEC 1, OpenSSH) or
 * `… PRIVATE KEY BLOCK-----` (OpenPGP), lines of base64, the END line. A block cut off before its END line goes up to
 * the first character that no armour holds. A header without key material behind it stays.
 * https://www.rfc-editor.org/rfc/rfc7468 https://www.rfc-editor.org/rfc/rfc9580#section-6.2
 */
export const privateKey: Rule = {
  type: 'secret',
  pattern: 'private_key',
  anchors: [HEAD],
  reach: MAX_HEADER + MAX_PREAMBLE,
  verify: (view: View, at: number): Verdict => {
    const { text, limit, open } = view;
    const line = text.slice(at, Math.min(at + MAX_HEADER, limit));
    const header = HEADER.exec(line);
    if (header === null) {
      return open && line.length < MAX_HEADER && HEADER_SO_FAR.test(line) ? 'more' : 'none';
    }
    return findKey(view, at, at + header[0].length);
  },
};

function findKey({ text, limit, open }: View, start: number, from: number): Verdict {
  for (let i = from; i < limit; ) {
    if (!has(BLOCK, text.charCodeAt(i)) || text.startsWith(FOOT, i)) return 'none';
    const end = runEnd(text, i, limit, BASE64);
    if (end - i >= MIXED && isKeyMaterial(text, i, end)) return { start, end, tail: TAIL };
    i = Math.max(end, i + 1);
  }
  return open ? 'more' : 'none';
}

function isKeyMaterial(text: string, from: number, to: number): boolean {
  if (to - from >= LONG) return true;
  let upper = 0;
  let lower = 0;
  for (let i = from; i < to; i += 1) {
    if (has(UPPER, text.charCodeAt(i))) upper += 1;
    else if (has(LOWER, text.charCodeAt(i))) lower += 1;
  }
  return upper >= 4 && lower >= 1;
}
