const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** Repeats a piece up to a number of UTF-16 units. */
export function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

/** Pieces that, repeated, make a careless matcher slow, by what they aim at. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'a.': 'a.',
  'a@': 'a@',
  'a@a.': 'a@a.',
  '@': '@',
  'long labels': `${'a'.repeat(63)}.${'b'.repeat(63)}@`,
  'long domains': `a@${'b.'.repeat(126)}1`,
  'letters of other scripts': 'é漢@ж.',
  'halves of pairs': '\uD83D@\uDE00',
  'sk-': 'sk-',
  'sk-sk- with bodies': `sk-${'word-'.repeat(24)}`,
  'keys in one run': `sk-${'aB3x'.repeat(6)}`,
  'keys apart': `sk-${'aB3x'.repeat(6)} `,
  'sk-proj-': 'sk-proj-',
  ghs_1: 'ghs_1',
  'ghs_ and digits': `ghs_${'1'.repeat(19)}_`,
  eyJ: 'eyJ',
  'eyJ.': 'eyJ.',
  'headers without end': base64url('{"kid":"').repeat(4),
  'headers and dots': `${base64url('{"alg":"none"')}.`,
  'tokens in one run': `${base64url('{"alg":"none"}')}.${base64url('{"sub":"1"}')}.`,
  'AKIA': 'AKIA',
  'digits': '4',
  '4111-1111-': '4111-1111-',
  '4111 1111 ': '4111 1111 ',
  '4 4 4': '4 ',
  '123-45-': '123-45-',
  'SSN 123 45 6789': 'SSN 123 45 6789 ',
  '-----BEGIN': '-----BEGIN',
  'armour headers': `-----BEGIN PRIVATE${' '}KEY-----`,
  'armour without end': `-----BEGIN PRIVATE${' '}KEY-----${'Ab1'.repeat(20)}\n`,
  '-----END': `-----BEGIN PRIVATE${' '}KEY-----${'Ab1'.repeat(20)}${'-----END'.repeat(50)}`,
  'hyphens': '-',
  'backslashes': '\\n\\u000a',
  'percent signs': '%41@',
  'names of keys': 'secret_access_key=',
  'brackets': '[REDACTED_SECRET]',
};
