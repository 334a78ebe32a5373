import { charSet } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { looksRandom } from '../validators/random.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * Slack tokens: `xoxb-` bot, `xoxp-` user, `xoxe-` and `xoxe.xoxp-` rotating, `xapp-` app-level, and further kinds,
 * then numbers and a random part joined by hyphens.
 * https://docs.slack.dev/authentication/tokens
 */
export const slackToken: Rule = prefixedRule({
  pattern: 'slack_token',
  heads: ['xoxe.xoxb-', 'xoxe.xoxp-', ...[...'abcdeoprs'].map((kind) => `xox${kind}-`), 'xapp-', 'xwfp-'],
  body: charSet('A-Za-z0-9%-'),
  min: 20,
  commit: 96,
  accept: looksRandom,
});
