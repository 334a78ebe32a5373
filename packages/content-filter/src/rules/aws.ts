import { charSet, BASE64, runEnd, TOKEN } from '../chars.ts';
import { END_LOOKAHEAD, tokenEnds, tokenStarts } from '../engine/boundary.ts';
import type { Rule, Verdict, View } from '../engine/rule.ts';
import { runTail } from '../engine/tail.ts';
import { looksRandom } from '../validators/random.ts';

const ID_LENGTH = 20;
const ID_SET = charSet('A-Z0-9');

/*
 * AWS access key ids: `AKIA` (a user's, long-lived) or `ASIA` (temporary) + 16 characters of base32 (A-Z2-7).
 * The other digits are accepted too: a token with one wrong character gives away the rest.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export const awsAccessKey: Rule = {
  type: 'secret',
  pattern: 'aws_access_key',
  anchors: ['AKIA', 'ASIA'],
  reach: ID_LENGTH + END_LOOKAHEAD,
  verify: (view: View, at: number): Verdict => {
    if (!tokenStarts(view, at)) return 'none';
    const end = runEnd(view.text, at, Math.min(at + ID_LENGTH, view.limit), ID_SET);
    if (end < at + ID_LENGTH) return end === view.limit && view.open ? 'more' : 'none';
    const ends = tokenEnds(view, end);
    if (ends === 'more') return 'more';
    return ends ? { start: at, end } : 'none';
  },
};

const SECRET_LENGTH = 40;
/** Between the name and the value: quotes, spaces, `:`, `=`, `=>`. */
const ASSIGN = charSet('"\' \t:=>');
const ASSIGN_MAX = 12;
const NAMES = ['secret_access_key', 'SECRET_ACCESS_KEY', 'secretAccessKey', 'SecretAccessKey'];
const NAME_LENGTH = Math.max(...NAMES.map((name) => name.length));
const SECRET_TAIL = runTail(BASE64);

/*
 * AWS secret access keys: 40 characters of base64 without any mark of their own, so only the name in front of
 * them tells them. Only the value is redacted.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
export const awsSecretKey: Rule = {
  type: 'secret',
  pattern: 'aws_secret_key',
  anchors: NAMES,
  reach: NAME_LENGTH + ASSIGN_MAX + SECRET_LENGTH,
  verify: (view: View, at: number): Verdict => {
    const { text, limit, open } = view;
    const name = runEnd(text, at, Math.min(at + NAME_LENGTH, limit), TOKEN);
    const start = runEnd(text, name, Math.min(name + ASSIGN_MAX, limit), ASSIGN);
    const end = runEnd(text, start, Math.min(start + SECRET_LENGTH, limit), BASE64);
    if (end - start < SECRET_LENGTH) return end === limit && open ? 'more' : 'none';
    return start > name && looksRandom(text, start, end) ? { start, end, tail: SECRET_TAIL } : 'none';
  },
};
