import { TOKEN } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { runTail } from '../engine/tail.ts';
import { looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * GitLab tokens: a head per kind (`glpat-` personal, project and group access) + 20 or more characters of base64url;
 * routable ones go on with parts joined by dots.
 * https://docs.gitlab.com/security/tokens/#token-prefixes
 */
export const gitlabToken: Rule = prefixedRule({
  pattern: 'gitlab_token',
  heads: ['glpat-', 'gloas-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'glsoat-', 'glffct-'],
  body: TOKEN,
  min: 20,
  commit: 64,
  accept: looksRandom,
  tail: runTail(TOKEN, '.'),
});
