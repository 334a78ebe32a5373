import { ALNUM } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * npm access tokens: `npm_` + 36 letters and digits, the last six of which are a checksum.
 * https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
 */
export const npmToken: Rule = prefixedRule({ pattern: 'npm_token', heads: ['npm_'], body: ALNUM, min: 36 });
