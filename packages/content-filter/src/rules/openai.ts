import { TOKEN } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { hasRun, looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/** "OpenAI" in base64, which the issuer puts into the middle of its keys. */
const INFIX = 'T3BlbkFJ';

/*
 * OpenAI API keys: `sk-` + letters and digits (48 in the first generation), and `sk-proj-`, `sk-svcacct-`,
 * `sk-admin-`, `sk-None-` + base64url of no fixed length (20 + infix + 20, or 74 + infix + 74 characters).
 * Many compatible services issue `sk-` keys of other lengths (`sk-or-v1-` + hex, `sk-` + 32 hex).
 * https://platform.openai.com/docs/api-reference/authentication
 */
const NAMED_HEADS = ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'];

/** Keys whose head names the kind of key. */
export const openaiNamedKey: Rule = prefixedRule({
  pattern: 'openai_key',
  heads: NAMED_HEADS,
  body: TOKEN,
  min: 20,
  commit: 96,
  accept: (text, from, to) => looksRandom(text, from, to) || hasRun(text, from, to, 20),
  acceptInside: hasInfix,
});

/** Keys with the bare head, told from words such as `sk-learn` by their body. */
export const openaiKey: Rule = prefixedRule({
  pattern: 'openai_key',
  heads: ['sk-'],
  body: TOKEN,
  min: 20,
  commit: 64,
  accept: looksRandom,
  acceptInside: hasInfix,
});

function hasInfix(text: string, from: number, to: number): boolean {
  return text.slice(from, to).includes(INFIX);
}
