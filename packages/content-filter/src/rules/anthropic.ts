import { TOKEN } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { hasRun, looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * Anthropic keys: `sk-ant-` + kind and version (`api03`, `admin01`, `oat01`, `sid01`) + `-` + base64url,
 * 93 characters and `AA` in the current generation. The head is unmistakable, also inside a word.
 * https://docs.claude.com/en/api/overview
 */
export const anthropicKey: Rule = prefixedRule({
  pattern: 'anthropic_key',
  heads: ['sk-ant-'],
  body: TOKEN,
  min: 20,
  commit: 64,
  acceptInside: isBody,
});

function isBody(text: string, from: number, to: number): boolean {
  return looksRandom(text, from, to) || hasRun(text, from, to, 16);
}
