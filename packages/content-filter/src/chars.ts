/** A set of ASCII characters: one flag per code below 128. Other characters are never members. */
export type CharSet = Uint8Array;

/**
 * Builds a set from characters and `a-z` ranges; a hyphen at either end is itself.
 *
 * @example charSet('A-Za-z0-9_-')
 */
export function charSet(spec: string): CharSet {
  const set = new Uint8Array(128);
  for (let i = 0; i < spec.length; i += 1) {
    const isRange = i + 2 < spec.length && spec[i + 1] === '-';
    const first = spec.charCodeAt(i);
    const last = isRange ? spec.charCodeAt(i + 2) : first;
    set.fill(1, first, last + 1);
    if (isRange) i += 2;
  }
  return set;
}

/** ASCII classes that tokens are made of. */
export const DIGIT: CharSet = charSet('0-9');
export const UPPER: CharSet = charSet('A-Z');
export const LOWER: CharSet = charSet('a-z');
export const ALNUM: CharSet = charSet('A-Za-z0-9');
export const HEX: CharSet = charSet('0-9A-Fa-f');
/** base64url, which is also the alphabet of most tokens. */
export const TOKEN: CharSet = charSet('A-Za-z0-9_-');
/** Letters, digits and the underscore. */
export const WORD: CharSet = charSet('A-Za-z0-9_');
/** base64 without its padding. */
export const BASE64: CharSet = charSet('A-Za-z0-9+/');

/** Whether the set holds this UTF-16 unit. `NaN`, which `charCodeAt` gives outside the text, is in no set. */
export function has(set: CharSet, code: number): boolean {
  return set[code] === 1;
}

/** Index of the first unit in [from, limit) that the set does not hold, or `limit`. */
export function runEnd(text: string, from: number, limit: number, set: CharSet): number {
  let i = from;
  while (i < limit && has(set, text.charCodeAt(i))) i += 1;
  return i;
}

/** Whether this unit is the first half of a surrogate pair. */
export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Whether this unit is the second half of a surrogate pair. */
export function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
