import { type CharSet, has } from '../chars.ts';
import type { Tail, TailStep } from './tail.ts';

/** Longest closing line, from its first hyphen to its last. */
const MAX_FOOT = 80;
const DASHES = '-----';

/**
 * Takes every character of a set up to and including a closing line: `foot`, words, five hyphens.
 * Without a closing line the block ends at the first character outside the set.
 */
export function blockTail(set: CharSet, foot: string): Tail {
  const advance = (text: string, from: number, final: boolean): TailStep => {
    for (let at = from; at < text.length; at += 1) {
      if (!has(set, text.charCodeAt(at))) return { at, done: true };
      if (text[at] !== '-') continue;
      const close = closingLine(text, at, foot);
      if (close !== undefined) return { at: close, done: true };
      if (!final && mayClose(text, at, foot)) return { at, done: false };
    }
    return { at: text.length, done: final };
  };
  return { advance };
}

/** End of the closing line that starts at `at`. */
function closingLine(text: string, at: number, foot: string): number | undefined {
  if (!text.startsWith(foot, at)) return undefined;
  const words = at + foot.length;
  const dashes = text.slice(words, at + MAX_FOOT).indexOf(DASHES);
  return dashes === -1 ? undefined : words + dashes + DASHES.length;
}

/** Whether the text that is still missing can complete a closing line at `at`. */
function mayClose(text: string, at: number, foot: string): boolean {
  const rest = text.length - at;
  return rest < MAX_FOOT && (rest < foot.length ? foot.startsWith(text.slice(at)) : text.startsWith(foot, at));
}
