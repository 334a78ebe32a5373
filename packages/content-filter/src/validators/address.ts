import { ALNUM, charSet, has, isHighSurrogate, isLowSurrogate } from '../chars.ts';

/** Characters of a local part that real mailboxes use and that do not also delimit an address in code or prose. */
const LOCAL = charSet("A-Za-z0-9._%+'-");
const DOMAIN = charSet('A-Za-z0-9-');
const LETTER = /^[\p{L}\p{M}\p{N}]$/u;
/** Scripts written without spaces: an address in another script that stands in such a text ends at the change. */
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** The whole character that ends right before `at`, halves of pairs joined. */
export function charBefore(text: string, floor: number, at: number): string {
  if (at <= floor) return '';
  const paired = at - 2 >= floor && isLowSurrogate(text.charCodeAt(at - 1)) && isHighSurrogate(text.charCodeAt(at - 2));
  return text.slice(paired ? at - 2 : at - 1, at);
}

/** The whole character at `at`; half a pair where the rest lies at or behind `limit`. */
export function charAt(text: string, at: number, limit: number): string {
  const paired = at + 1 < limit && isHighSurrogate(text.charCodeAt(at)) && isLowSurrogate(text.charCodeAt(at + 1));
  return text.slice(at, Math.min(limit, paired ? at + 2 : at + 1));
}

/** Whether the character may stand in the local part of an address (RFC 6531 allows letters of every script). */
export function isLocalChar(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 128 ? has(LOCAL, code) : LETTER.test(char);
}

/** Whether the character may stand in a label of a domain. */
export function isDomainChar(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 128 ? has(DOMAIN, code) : LETTER.test(char);
}

/** Whether the character belongs to a script that is written without spaces between words. */
export function isUnspaced(char: string): boolean {
  return char.charCodeAt(0) >= 128 && UNSPACED.test(char);
}

/** Whether the character is an ASCII letter or digit or a letter of another script. */
export function isWordChar(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 128 ? has(ALNUM, code) : LETTER.test(char);
}
