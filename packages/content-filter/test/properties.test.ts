import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createContentFilter } from '../src/index.ts';
import { oracleRedact } from './oracle.ts';
import { cutAt, texts } from './texts.ts';

const filter = createContentFilter();
const run = (chunks: readonly string[]): { text: string; violations: unknown } => {
  const stream = filter.createStream();
  const text = chunks.map((chunk) => stream.write(chunk)).join('') + stream.end();
  return { text, violations: stream.violations() };
};

describe('for every text', () => {
  test('redact agrees with the slow oracle', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(filter.redact(text)).toEqual(oracleRedact(text));
      }),
      { seed: 101, numRuns: 1500 },
    );
  });

  test('a stream gives what the whole text gives, however it is cut', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 30 }), (text, places) => {
        expect(run(cutAt(text, places))).toEqual(filter.redact(text));
      }),
      { seed: 102, numRuns: 4000 },
    );
  });

  test('a stream fed unit by unit gives the same, and nothing it shows is taken back', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const whole = filter.redact(text).text;
        const stream = filter.createStream();
        let shown = '';
        for (let i = 0; i < text.length; i += 1) shown += stream.write(text.charAt(i));
        expect(whole.startsWith(shown)).toBe(true);
        expect(shown + stream.end()).toBe(whole);
      }),
      { seed: 103, numRuns: 500 },
    );
  });

  test('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = filter.redact(text).text;
        expect(filter.redact(once)).toEqual({ text: once, violations: [] });
      }),
      { seed: 104, numRuns: 8000 },
    );
  });

  test('scan names the places that redact replaces, in order and apart', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let from = 0;
        let rebuilt = '';
        for (const { type, start, end } of filter.scan(text)) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          rebuilt += text.slice(from, start) + (type === 'secret' ? '[REDACTED_SECRET]' : '[REDACTED_PII]');
          from = end;
        }
        expect(rebuilt + text.slice(from)).toBe(filter.redact(text).text);
      }),
      { seed: 105, numRuns: 1000 },
    );
  });

  test('a filter for secrets alone leaves personal data, and finds every secret that the full one finds', () => {
    const secrets = createContentFilter({ pii: false });
    fc.assert(
      fc.property(texts, (text) => {
        const { violations } = secrets.redact(text);
        expect(violations.every(({ type }) => type === 'secret')).toBe(true);
      }),
      { seed: 106, numRuns: 500 },
    );
  });
});
