import { type CharSet, runEnd } from '../chars.ts';
import { tokenStarts } from '../engine/boundary.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { runTail, type Tail } from '../engine/tail.ts';

/** A token that begins with a literal head, as data. */
export interface PrefixedToken {
  pattern: string;
  heads: readonly string[];
  /** Characters of the body. The whole run of them is redacted, however long it is. */
  body: CharSet;
  /** Fewest characters of the body. */
  min: number;
  /** Characters of the body that are looked at before the verdict stands. Default `min`. */
  commit?: number;
  /** Test on the body in [from, to), at most `commit` characters, where a token can start. Default: every body, or none but those of `acceptInside`. */
  accept?: (text: string, from: number, to: number) => boolean;
  /**
   * What makes a body unmistakable, also where a letter or digit stands right in front of the head. Default: nothing.
   * The head must then be listed in `OPENS_ANYWHERE` of the boundary module.
   */
  acceptInside?: (text: string, from: number, to: number) => boolean;
  /** What is taken behind the commit length. Default: every character of `body`. */
  tail?: Tail;
}

/** Makes the rule for a token with a literal head. */
export function prefixedRule(token: PrefixedToken): Rule {
  const { body, min, commit = min, acceptInside = () => false, tail = runTail(body) } = token;
  const accept = token.accept ?? ((): boolean => token.acceptInside === undefined);
  const longest = Math.max(...token.heads.map((head) => head.length));

  const verify = (view: View, at: number): Verdict => {
    const head = token.heads.find((candidate) => view.text.startsWith(candidate, at));
    if (head === undefined) return 'none';
    const from = at + head.length;
    const committed = Math.min(from + commit, view.limit);
    const end = runEnd(view.text, from, committed, body);
    if (end === view.limit && end < from + commit && view.open) return 'more';
    if (end - from < min) return 'none';
    const isToken = (tokenStarts(view, at) && accept(view.text, from, end)) || acceptInside(view.text, from, end);
    return isToken ? { start: at, end, tail } : 'none';
  };
  return { type: 'secret', pattern: token.pattern, anchors: token.heads, reach: longest + commit, verify };
}
