import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import type { FilterPort } from './ports.ts';
import { secretsOnly } from './secrets-only.ts';

/** Secrets are runs of `s`, personal data are runs of `p`. */
const filter: FilterPort = {
  redact: (text) => ({ text: text.replaceAll(/s+|p+/g, '#'), violations: [] }),
  createStream: () => ({ write: (chunk) => chunk, end: () => '' }),
  scan: (text) =>
    [...text.matchAll(/s+|p+/g)].map(({ 0: found, index }) => ({
      type: found.startsWith('s') ? ('secret' as const) : ('pii' as const),
      pattern: found.startsWith('s') ? 'key' : 'mail',
      start: index,
      end: index + found.length,
    })),
};

test('secrets go, personal data stays', () => {
  expect(secretsOnly(filter).redact('a ss b pp c s')).toEqual({
    text: 'a [REDACTED_SECRET] b pp c [REDACTED_SECRET]',
    violations: [{ type: 'secret', pattern: 'key', count: 2 }],
  });
});

test('every text equals the one whose secrets are replaced one by one', () => {
  assert(
    property(string({ unit: constantFrom('s', 'p', 'x', ' ') }), (text) => {
      expect(secretsOnly(filter).redact(text).text).toBe(text.replaceAll(/s+/g, '[REDACTED_SECRET]'));
    }),
    { seed: 7 },
  );
});

test('findings that overlap leave nothing of a secret', () => {
  const overlapping: FilterPort = {
    ...filter,
    scan: () => [
      { type: 'secret', pattern: 'a', start: 4, end: 8 },
      { type: 'secret', pattern: 'b', start: 2, end: 6 },
      { type: 'secret', pattern: 'c', start: 3, end: 5 },
    ],
  };
  expect(secretsOnly(overlapping).redact('0123456789').text).toBe('01[REDACTED_SECRET]89');
});

test('a filter that cannot say what it found is used whole', () => {
  const plain: FilterPort = { redact: filter.redact, createStream: filter.createStream };
  expect(secretsOnly(plain)).toBe(plain);
});

test('the stream gives what the whole gives, at its end', () => {
  assert(
    property(array(string({ unit: constantFrom('s', 'p', 'x', ' ') })), (pieces) => {
      const stream = secretsOnly(filter).createStream();
      const shown = pieces.map((piece) => stream.write(piece)).join('') + stream.end();
      expect({ text: shown, violations: stream.violations?.() }).toEqual(secretsOnly(filter).redact(pieces.join('')));
    }),
    { seed: 7 },
  );
});
