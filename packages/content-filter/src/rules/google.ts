import { TOKEN } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * Google API keys: `AIza` + 35 characters of base64url.
 * https://cloud.google.com/docs/authentication/api-keys
 */
export const googleApiKey: Rule = prefixedRule({
  pattern: 'google_api_key',
  heads: ['AIza'],
  body: TOKEN,
  min: 35,
});
