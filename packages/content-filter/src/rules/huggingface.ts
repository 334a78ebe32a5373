import { ALNUM } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * Hugging Face access tokens: `hf_` user, `api_org_` organisation + 34 letters (newer ones with digits).
 * https://huggingface.co/docs/hub/security-tokens
 */
export const huggingfaceToken: Rule = prefixedRule({
  pattern: 'huggingface_token',
  heads: ['hf_', 'api_org_'],
  body: ALNUM,
  min: 30,
  commit: 34,
  accept: looksRandom,
});
