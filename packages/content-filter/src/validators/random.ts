/** A stretch of letters and digits this long is no word, whatever it is made of. */
const LONG_RUN = 32;
/** A stretch this long is no word when it also mixes digits or cases. */
const MIXED_RUN = 20;
/** Fewest characters of a body that is told from words by its changes of class. */
const MIXED_BODY = 20;

const NONE = 0;
const IS_LOWER = 1;
const IS_UPPER = 2;
const IS_DIGIT = 4;
const ALL = IS_LOWER | IS_UPPER | IS_DIGIT;

/** Class per character code below 128: one look-up, because this runs over every candidate. */
const CLASSES: Uint8Array = new Uint8Array(128);
CLASSES.fill(IS_LOWER, 0x61, 0x7b).fill(IS_UPPER, 0x41, 0x5b).fill(IS_DIGIT, 0x30, 0x3a);

/**
 * Whether [from, to) reads like a generated token, not like words joined by hyphens: `learn`, `circle-fade-dot`
 * and UUIDs do not. Holds for every longer text that begins with one for which it holds.
 */
export function looksRandom(text: string, from: number, to: number): boolean {
  let run = 0;
  let runClasses = NONE;
  let classes = NONE;
  let previous = NONE;
  let changes = 0;
  let digitChanges = 0;
  for (let i = from; i < to; i += 1) {
    const current = CLASSES[text.charCodeAt(i)] ?? NONE;
    run = current === NONE ? 0 : run + 1;
    runClasses = current === NONE ? NONE : runClasses | current;
    classes |= current;
    if (current !== NONE && previous !== NONE && current !== previous) {
      changes += 1;
      if (current === IS_DIGIT || previous === IS_DIGIT) digitChanges += 1;
    }
    previous = current;
    if (run >= LONG_RUN || (run >= MIXED_RUN && isMixed(runClasses))) return true;
    if (classes === ALL && i - from + 1 >= MIXED_BODY && changes >= 6 && digitChanges >= 2) return true;
  }
  return false;
}

/** Whether [from, to) holds an unbroken run of `length` letters and digits: enough behind a head that names its issuer. */
export function hasRun(text: string, from: number, to: number, length: number): boolean {
  let run = 0;
  for (let i = from; i < to; i += 1) {
    run = (CLASSES[text.charCodeAt(i)] ?? NONE) === NONE ? 0 : run + 1;
    if (run >= length) return true;
  }
  return false;
}

function isMixed(classes: number): boolean {
  return (classes & IS_DIGIT) !== 0 || classes === (IS_LOWER | IS_UPPER);
}
