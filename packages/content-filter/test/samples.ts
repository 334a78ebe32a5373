/** Makes tokens after the issuers' documents. Nothing here looks at the rules, and no token is stored. */
export type Random = () => number;

/** Small deterministic generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALNUM = DIGITS + LOWER + LOWER.toUpperCase();
const URL_SAFE = `${ALNUM}-_`;

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('nothing to pick from');
  return chosen;
}

export function chars(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => pick(random, [...alphabet])).join('');
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(random: Random): string {
  const header = base64url(pick(random, [{ alg: 'HS256', typ: 'JWT' }, { typ: 'JWT', alg: 'RS256', kid: chars(random, ALNUM, 12) }]));
  const claims = base64url({ sub: chars(random, DIGITS, 8), iat: Math.floor(random() * 2e9) });
  return `${header}.${claims}.${chars(random, URL_SAFE, pick(random, [43, 86, 342]))}`;
}

function jwe(random: Random): string {
  const header = base64url({ alg: 'RSA-OAEP', enc: 'A256GCM' });
  return [header, ...[342, 16, 60, 22].map((length) => chars(random, URL_SAFE, length))].join('.');
}

function pem(random: Random): string {
  const kind = pick(random, ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']);
  const lines = Array.from({ length: 3 + Math.floor(random() * 20) }, () => chars(random, `${ALNUM}+/`, 64));
  const line = (word: string): string => `-----${word} ${kind}PRIVATE KEY-----`;
  return [line('BEGIN'), ...lines, `${chars(random, ALNUM, 21)}==`, line('END')].join('\n');
}

function withCheckDigit(head: string): string {
  const sum = (digits: string): number =>
    [...digits].toReversed().reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return head + String((10 - (sum(`${head}0`) % 10)) % 10);
}

/** A card number of a network: its head, its length, its grouping. */
export function card(random: Random, head: string, length: number, groups: readonly number[] = [length], separator = ''): string {
  const number = withCheckDigit(head + chars(random, DIGITS, length - head.length - 1));
  let from = 0;
  return groups
    .map((size) => number.slice(from, (from += size)))
    .filter((group) => group !== '')
    .join(separator);
}

const CARDS: ((random: Random) => string)[] = [
  (r) => card(r, '4', 16, [4, 4, 4, 4], pick(r, [' ', '-', ''])),
  (r) => card(r, '4', pick(r, [13, 16, 19])),
  (r) => card(r, '4', 19, [4, 4, 4, 4, 3], ' '),
  (r) => card(r, String(51 + Math.floor(r() * 5)), 16, [4, 4, 4, 4], pick(r, [' ', '-', ''])),
  (r) => card(r, String(2221 + Math.floor(r() * 500)), 16),
  (r) => card(r, pick(r, ['34', '37']), 15, [4, 6, 5], pick(r, [' ', '-', ''])),
  (r) => card(r, pick(r, ['300', '305', '36', '38', '39']), 14, [4, 6, 4], pick(r, [' ', '-', ''])),
  (r) => card(r, pick(r, ['6011', '644', '649', '65']), pick(r, [16, 19])),
  (r) => card(r, String(3528 + Math.floor(r() * 62)), pick(r, [16, 19])),
  (r) => card(r, '62', pick(r, [16, 17, 18, 19])),
  (r) => card(r, pick(r, ['5018', '5020', '5038', '6304', '6759', '6761']), pick(r, [13, 14, 15, 16, 17, 18, 19])),
];

function ssn(random: Random): string {
  const area = 1 + Math.floor(random() * 898);
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return `${digits(area === 666 ? 667 : area, 3)}-${digits(1 + Math.floor(random() * 99), 2)}-${digits(1 + Math.floor(random() * 9999), 4)}`;
}

function email(random: Random): string {
  const user = chars(random, LOWER, 1 + Math.floor(random() * 12));
  const name = pick(random, ['ada', `ada.${user}`, `ada+${user}`, `${user}_x-9`, 'žofie', 'жанна', "o'brien", user]);
  return `${name}@${pick(random, ['example.org', 'mail.eu.example.co.uk', 'exämple.de', 'xn--exmple-cua.de', 'пример.рф', '例子.中国'])}`;
}

/** Generators by the name of the pattern that must find them. */
export const SAMPLES: Readonly<Record<string, readonly ((random: Random) => string)[]>> = {
  openai_key: [
    (r) => `sk-${chars(r, ALNUM, 48)}`,
    (r) => `sk-${chars(r, ALNUM, 20)}T3BlbkFJ${chars(r, ALNUM, 20)}`,
    (r) => `sk-${chars(r, '0123456789abcdef', 32)}`,
    (r) => `sk-or-v1-${chars(r, '0123456789abcdef', 64)}`,
    (r) => `sk-${pick(r, ['proj', 'svcacct', 'admin', 'None'])}-${chars(r, URL_SAFE, 74)}T3BlbkFJ${chars(r, URL_SAFE, 74)}`,
    (r) => `sk-proj-${chars(r, URL_SAFE, 48)}`,
  ],
  anthropic_key: [(r) => `sk-ant-${pick(r, ['api03', 'admin01', 'oat01', 'sid01'])}-${chars(r, URL_SAFE, 93)}AA`],
  github_token: [
    (r) => `gh${pick(r, [...'pousr'])}_${chars(r, ALNUM, 36)}`,
    (r) => `github_pat_${chars(r, ALNUM, 22)}_${chars(r, ALNUM, 59)}`,
    (r) => `ghs_${chars(r, DIGITS, 7)}_${jwt(r)}`,
  ],
  aws_access_key: [(r) => pick(r, ['AKIA', 'ASIA']) + chars(r, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)],
  jwt: [jwt, jwe, (r) => jwt(r).split('.').slice(0, 2).join('.'), (r) => `${base64url({ alg: 'HS256' })}.e30.${chars(r, URL_SAFE, 43)}`],
  private_key: [pem, (r) => pem(r).replaceAll('\n', '\\n')],
  google_api_key: [(r) => `AIza${chars(r, URL_SAFE, 35)}`],
  slack_token: [(r) => `xox${pick(r, ['b', 'p'])}-${chars(r, DIGITS, 12)}-${chars(r, DIGITS, 13)}-${chars(r, ALNUM, 24)}`],
  stripe_key: [(r) => `${pick(r, ['sk', 'rk'])}_${pick(r, ['live', 'test'])}_${chars(r, ALNUM, pick(r, [24, 99]))}`],
  gitlab_token: [(r) => `glpat-${chars(r, ALNUM, 20)}`, (r) => `glpat-${chars(r, ALNUM, 27)}.01.${chars(r, LOWER + DIGITS, 9)}`],
  npm_token: [(r) => `npm_${chars(r, ALNUM, 36)}`],
  huggingface_token: [(r) => `hf_${chars(r, ALNUM, 34)}`],
  email: [email],
  ssn: [ssn],
  credit_card: CARDS,
};
