import { expect, test } from 'vitest';
import { createContentFilter } from '../index.ts';
import { RULES } from './index.ts';

const filter = createContentFilter();
const redacted = (text: string): string => filter.redact(text).text;

test('the names that others rely on are there', () => {
  const names = new Set(RULES.map((rule) => rule.pattern));
  for (const name of ['openai_key', 'github_token', 'aws_access_key', 'jwt', 'email', 'ssn', 'credit_card']) {
    expect(names).toContain(name);
  }
});

test('a pattern is either a secret or personal data, not both', () => {
  const types = new Map(RULES.map((rule) => [rule.pattern, rule.type]));
  expect(RULES.every((rule) => types.get(rule.pattern) === rule.type)).toBe(true);
});

const id = `AKIA${'QRSTUV23'.repeat(2)}`;

test.each(['"', '=', ':', '/', '_', '-', '(', '\\n', '\\t', '\\u000a', '\\x0a', '%3D', '\u001b[31m', '密', '\n'])(
  'a token may follow %j',
  (before) => {
    expect(redacted(before + id)).toBe(`${before}[REDACTED_SECRET]`);
  },
);

test.each(['a', 'Z', '7', '\\q', '%3', '\u001b31m'])('a token that needs a boundary may not follow %j', (before) => {
  expect(redacted(before + id)).toBe(before + id);
});

test('heads that cannot be mistaken need no boundary', () => {
  const body = 'aB3dE5'.repeat(6);
  for (const token of [`ghp_${body}`, `github_pat_${body}`, `sk-ant-api03-${body}`, `sk-${body}T3BlbkFJ${body}`]) {
    expect(redacted(`word${token}`)).toBe('word[REDACTED_SECRET]');
  }
});

test.each([
  ["mail 'ada@example.org'", "mail '[REDACTED_PII]'"],
  ["f'ada@example.org'", "f'[REDACTED_PII]'"],
  ["o'brien@example.org", '[REDACTED_PII]'],
  ['-ada@example.org\n+bob@example.org', '-[REDACTED_PII]\n+[REDACTED_PII]'],
  ['<ada@example.org>, mailto:bob@example.org?cc=eve@example.org', '<[REDACTED_PII]>, mailto:[REDACTED_PII]?cc=[REDACTED_PII]'],
  ['ada@example.org.', '[REDACTED_PII].'],
  ['ada@example.org:secret', '[REDACTED_PII]:secret'],
  ['请联系john@example.com谢谢', '请联系[REDACTED_PII]谢谢'],
  ['"line\\nada@example.org"', '"line\\n[REDACTED_PII]"'],
  [`${'x'.repeat(64)}@example.org`, '[REDACTED_PII]'],
  [`${'x'.repeat(65)}@example.org`, `${'x'.repeat(65)}@example.org`],
  [`${'x'.repeat(65)}.ada@example.org`, `${'x'.repeat(65)}.[REDACTED_PII]`],
])('of %j exactly the addresses go', (text, expected) => {
  expect(redacted(text)).toBe(expected);
});

test('the full stop behind a JSON Web Token stays, the parts go', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'HS256' })}.${part({ sub: '1' })}.${'aB3-'.repeat(8)}`;
  expect(redacted(`It is ${token}. Next...`)).toBe('It is [REDACTED_SECRET]. Next...');
});

test('a private key goes from its first line to its last, also quoted and cut off', () => {
  const head = `-----BEGIN EC PRIVATE${' '}KEY-----`;
  const body = 'MHcCAQEEIaB3'.repeat(5);
  const foot = `-----END EC PRIVATE${' '}KEY-----`;
  expect(redacted(`x ${head}\n${body}\n${foot} y`)).toBe('x [REDACTED_SECRET] y');
  expect(redacted(`{"key":"${head}\\n${body}\\n${foot}\\n"}`)).toBe('{"key":"[REDACTED_SECRET]\\n"}');
  expect(redacted(`${head}\n${body}\n{`)).toBe('[REDACTED_SECRET]{');
  expect(redacted(`${head} names a key; ${foot}`)).toBe(`${head} names a key; ${foot}`);
});

test('a digit in front with a plus is a telephone number, not a card of thirteen digits', () => {
  const number = '4222222222222';
  expect(redacted(number)).toBe('[REDACTED_PII]');
  expect(redacted(`+${number}`)).toBe(`+${number}`);
});
