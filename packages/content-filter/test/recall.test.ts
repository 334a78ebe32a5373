import { describe, expect, test } from 'vitest';
import { createContentFilter } from '../src/index.ts';
import { chars, SAMPLES, seeded } from './samples.ts';

const CONTEXTS: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `The value is ${token}. Keep it safe.`,
  (token) => `const key = "${token}";`,
  (token) => `{"key":"${token}","next":"line\\n${token}"}`,
  (token) => `KEY=${token}\nOTHER=1\n`,
  (token) => `2026-11-22 INFO [main] Authorization: Bearer ${token}, status=200`,
  (token) => `https://host.example/path?key=${token}&page=2`,
  (token) => `| \`${token}\` | **${token}** | (${token})`,
  (token) => `- ${token}\n+ ${token}`,
];
const filter = createContentFilter();
const isPii = (pattern: string): boolean => ['email', 'ssn', 'credit_card'].includes(pattern);

describe.each(Object.entries(SAMPLES))('%s', (pattern, generators) => {
  const placeholder = isPii(pattern) ? '[REDACTED_PII]' : '[REDACTED_SECRET]';

  test('is redacted as a whole and alone, in every context', () => {
    const random = seeded(11);
    for (const generate of generators) {
      for (let round = 0; round < 20; round += 1) {
        for (const context of CONTEXTS) {
          const token = generate(random);
          expect(filter.redact(context(token)).text).toBe(context(placeholder));
        }
      }
    }
  });

  test('is reported by its name, with its place', () => {
    const random = seeded(12);
    for (const generate of generators) {
      const token = generate(random);
      expect(filter.scan(`see ${token} there`)).toEqual([
        { type: isPii(pattern) ? 'pii' : 'secret', pattern, start: 4, end: 4 + token.length },
      ]);
    }
  });
});

test('a token with a wrong checksum or a changed character is still redacted', () => {
  const random = seeded(13);
  const token = SAMPLES['github_token']?.[0]?.(random) ?? '';
  expect(filter.redact(`${token.slice(0, -1)}0`).text).toBe('[REDACTED_SECRET]');
});

test('a token keeps its tail hidden however long it is', () => {
  const random = seeded(14);
  for (const pattern of ['openai_key', 'anthropic_key', 'jwt']) {
    const token = SAMPLES[pattern]?.[0]?.(random) ?? '';
    expect(filter.redact(`${token}${'Zz9'.repeat(5000)} end`).text).toBe('[REDACTED_SECRET] end');
  }
});

test('a directive in the text switches nothing off', () => {
  const token = SAMPLES['github_token']?.[0]?.(seeded(15)) ?? '';
  for (const comment of ['// secretlint-disable', '# gitleaks:allow', '<!-- content-filter: off -->', '# nosec']) {
    expect(filter.redact(`${comment}\n${token} ${comment}`).text).toBe(`${comment}\n[REDACTED_SECRET] ${comment}`);
  }
});

test('a secret that touches personal data hides under one placeholder, named as the secret', () => {
  const token = SAMPLES['openai_key']?.[4]?.(seeded(16)) ?? '';
  expect(filter.redact(`ada@example.${token}`)).toEqual({
    text: '[REDACTED_SECRET]',
    violations: [{ type: 'secret', pattern: 'openai_key', count: 1 }],
  });
});

test('a social security number with spaces is redacted where it is named', () => {
  expect(filter.redact('Social Security: 123 45 6789').text).toBe('Social Security: [REDACTED_PII]');
  expect(filter.redact('rows 123 45 6789').violations).toEqual([]);
});

test('an AWS secret key is found by its name', () => {
  const value = chars(seeded(17), 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 40);
  for (const name of ['aws_secret_access_key = ', '"SecretAccessKey": "', 'AWS_SECRET_ACCESS_KEY=']) {
    expect(filter.redact(`${name}${value}`).text).toBe(`${name}[REDACTED_SECRET]`);
  }
});
