import * as fc from 'fast-check';
import { DECOYS } from './decoys.ts';
import { SAMPLES, seeded } from './samples.ts';

const generators = [...Object.values(SAMPLES).flat(), ...DECOYS];

/** A token or decoy, whole or cut off at a random place. */
const token = fc
  .tuple(fc.integer(), fc.nat(generators.length - 1), fc.nat(999), fc.boolean())
  .map(([seed, which, cut, isWhole]) => {
    const text = generators[which]?.(seeded(seed)) ?? '';
    return isWhole ? text : text.slice(0, cut % (text.length + 1));
  });

/** What stands around tokens, and heads that begin nothing. */
const glue = fc.constantFrom(
  ' ', '', '\n', '.', '-', '_', '"', "'", ':', '=', '@', '/', '\\', '\\n', '%20', '\\u000a', '+', ', ', '..', '...', ']', '[',
  'sk-', 'sk-ant-', 'sk-proj-', 'ghp_', 'ghs_12_', 'eyJ', 'AKIA', 'xoxb-', '-----BEGIN', '-----END X-----', 'T3BlbkFJ',
  '[REDACTED_SECRET]', '[REDACTED_PII]', 'SSN ', '123 45 6789', '1', '4111', '-12', 'aws_secret_access_key=',
  'a'.repeat(70), `${'b'.repeat(30)}.`.repeat(3), '漢'.repeat(70), '1'.repeat(30), 'A'.repeat(40), '5', 'e', 'ada', 'SecretAccessKey: "',
  'word', 'x', 'é', '漢字', 'ไทย', '\u{1F600}', '\u{20BB7}', '\uD83D', '\uDE00', '\u001b[31m', 'git@', '@example.com', '.co',
);

/** Texts in which tokens, pieces of tokens and delimiters meet in every way. */
export const texts: fc.Arbitrary<string> = fc
  .array(fc.oneof({ arbitrary: token, weight: 2 }, { arbitrary: glue, weight: 3 }), { maxLength: 12 })
  .map((parts) => parts.join(''));

/** Cuts a text at places chosen by numbers; the same place twice makes an empty chunk. */
export function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return cuts.slice(1).map((end, i) => text.slice(cuts[i], end));
}
