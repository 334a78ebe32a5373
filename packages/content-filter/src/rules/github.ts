import { ALNUM, DIGIT, has, runEnd, TOKEN, WORD } from '../chars.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { runTail } from '../engine/tail.ts';
import { hasRun, looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * GitHub tokens: `ghp_` personal, `gho_` OAuth, `ghu_` and `ghs_` app, `ghr_` refresh + 36 letters and digits, of
 * which the last six are a checksum (never asked: a token with a wrong digit still gives away the rest).
 * Fine-grained ones: `github_pat_` + 22 letters and digits + `_` + 59. Lengths may grow to 255.
 * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export const githubToken: Rule = prefixedRule({
  pattern: 'github_token',
  heads: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  body: WORD,
  min: 20,
  commit: 40,
  acceptInside: isBody,
});

const MAX_APP_ID = 20;
const JWT_TAIL = runTail(TOKEN, '.');

/*
 * Stateless installation tokens: `ghs_` + number of the app + `_` + a JWT, some 520 characters.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 */
export const githubAppToken: Rule = {
  type: 'secret',
  pattern: 'github_token',
  anchors: ['ghs_'],
  reach: 'ghs_'.length + MAX_APP_ID + '_eyJ'.length,
  verify: (view: View, at: number): Verdict => {
    const { text, limit, open } = view;
    const from = at + 'ghs_'.length;
    const id = runEnd(text, from, Math.min(from + MAX_APP_ID, limit), DIGIT);
    const joint = text.slice(id, Math.min(id + '_eyJ'.length, limit));
    if (joint === '_eyJ' && id > from) return { start: at, end: id + joint.length, tail: JWT_TAIL };
    return open && '_eyJ'.startsWith(joint) && id + joint.length === limit ? 'more' : 'none';
  },
};

function isBody(text: string, from: number, to: number): boolean {
  if (!has(ALNUM, text.charCodeAt(from))) return false;
  return looksRandom(text, from, to) || hasRun(text, from, to, 30);
}
