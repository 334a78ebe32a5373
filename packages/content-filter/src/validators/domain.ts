import { ALNUM, charSet, DIGIT, has, isHighSurrogate, runEnd } from '../chars.ts';
import type { View } from '../engine/rule.ts';
import { charAt, isDomainChar } from './address.ts';

const LETTERS = charSet('A-Za-z');
const PUNYCODE = 'xn--';

/** Endings of files that are no top-level domains: `logo@2x.png` is no address. */
const FILE_ENDINGS = new Set(
  (
    'png jpg jpeg gif svg webp avif ico bmp tiff css scss less js mjs cjs jsx ts mts cts tsx json jsonc html htm xml yaml ' +
    'yml toml ini txt csv tsv pdf exe dll lock log map wasm java cpp hpp vue svelte mp3 mp4 webm woff woff2 ttf tgz gz 7z'
  ).split(' '),
);
/** `1.2.3…` behind an `@` is the version of a package, `2x` the density of an image. */
const NO_DOMAIN = /^(?:v?\d+\.\d+\.\d|\d+x\.)/;

/**
 * Reads the domain of an address from `from`: labels joined by dots, the last of which is a word. Returns its end,
 * without a trailing dot; nothing where no domain of two labels stands there; `more` while it may go on.
 */
export function readDomain({ text, limit, open }: View, from: number): number | undefined | 'more' {
  let end: number | undefined;
  let lastLabel = '';
  for (let start = from, labels = 1; ; labels += 1) {
    const labelEnd = readLabel(text, start, limit);
    if (open && (labelEnd === limit || isCutPair(text, labelEnd, limit))) return 'more';
    if (labelEnd === start || text[start] === '-') break;
    const top = labels > 1 ? topLevelEnd(text, start, labelEnd) : undefined;
    if (top !== undefined) {
      end = top;
      lastLabel = text.slice(start, runEnd(text, start, labelEnd, ALNUM));
    }
    if (labelEnd === limit || text[labelEnd] !== '.') break;
    start = labelEnd + 1;
  }
  if (end === undefined || FILE_ENDINGS.has(lastLabel.toLowerCase())) return undefined;
  return NO_DOMAIN.test(text.slice(from, end)) ? undefined : end;
}

function readLabel(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    const char = charAt(text, at, limit);
    if (!isDomainChar(char)) return at;
    at += char.length;
  }
  return at;
}

function isCutPair(text: string, at: number, limit: number): boolean {
  return at === limit - 1 && isHighSurrogate(text.charCodeAt(at));
}

/** End of the top-level domain in the label [from, to): two letters or more, all ASCII or all of other scripts. */
function topLevelEnd(text: string, from: number, to: number): number | undefined {
  if (text.startsWith(PUNYCODE, from) && to - from > PUNYCODE.length) return to;
  if (has(DIGIT, text.charCodeAt(from))) return undefined;
  let at = runEnd(text, from, to, LETTERS);
  if (at === from) while (at < to && text.charCodeAt(at) >= 128) at += 1;
  return at - from >= 2 ? at : undefined;
}
