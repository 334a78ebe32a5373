import { type CharSet, has, runEnd } from '../chars.ts';

/** How far a tail got: everything before `at` belongs to the match. */
export interface TailStep {
  at: number;
  /** No more text can extend this match. */
  done: boolean;
}

/**
 * What a match goes on to take after its commit length, without bound and without memory: `advance` is
 * called again at `at` when more text has come. It depends on the position alone, never on where it began.
 */
export interface Tail {
  /** Leaves a few units unread while only later text can say whether they belong to the match. */
  advance(text: string, at: number, final: boolean): TailStep;
}

/**
 * Takes every character of a set.
 *
 * @param joint a character taken only between two stretches of the set, such as the dots of a JWT: the full stop
 * behind a token stays in the text. Up to two in a row, because a part may be empty.
 */
export function runTail(set: CharSet, joint?: string): Tail {
  const maxJoints = joint === undefined ? 0 : 2;
  const advance = (text: string, from: number, final: boolean): TailStep => {
    let at = from;
    for (;;) {
      at = runEnd(text, at, text.length, set);
      let next = at;
      while (next - at < maxJoints && text[next] === joint) next += 1;
      if (next === text.length) return { at, done: final };
      if (next === at || !has(set, text.charCodeAt(next))) return { at, done: true };
      at = next;
    }
  };
  return { advance };
}
