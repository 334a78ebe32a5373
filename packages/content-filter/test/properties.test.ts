import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createContentFilter } from '../src/index.ts';
import { oracleRedact } from './oracle.ts';
import { cutAt, texts } from './texts.ts';

/** The long run takes every count 50 times. */
const LONG = process.env['CODE_EXECUTOR_LONG_TESTS'] ? 50 : 1;

const filter = createContentFilter();
const run = (chunks: readonly string[], by = filter): { text: string; violations: unknown } => {
  const stream = by.createStream();
  const text = chunks.map((chunk) => stream.write(chunk)).join('') + stream.end();
  return { text, violations: stream.violations() };
};

describe('for every text', () => {
  test('redact agrees with the slow oracle', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(filter.redact(text)).toEqual(oracleRedact(text));
      }),
      { seed: 101, numRuns: 1500 * LONG },
    );
  });

  test('a stream gives what the whole text gives, however it is cut', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 30 }), (text, places) => {
        expect(run(cutAt(text, places))).toEqual(filter.redact(text));
      }),
      { seed: 102, numRuns: 4000 * LONG },
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
      { seed: 103, numRuns: 500 * LONG },
    );
  });

  test('redacting twice changes nothing more, whatever is switched on', () => {
    const filters = fc.constantFrom(filter, filter, createContentFilter({ pii: false }), createContentFilter({ exclude: ['jwt', 'email'] }));
    fc.assert(
      fc.property(texts, filters, (text, chosen) => {
        const once = chosen.redact(text).text;
        expect(chosen.redact(once)).toEqual({ text: once, violations: [] });
      }),
      { seed: 104, numRuns: 8000 * LONG },
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
      { seed: 105, numRuns: 1000 * LONG },
    );
  });

  test('a filter for secrets alone streams as it redacts, and takes nothing but secrets', () => {
    const secrets = createContentFilter({ pii: false });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 10 }), (text, places) => {
        const whole = secrets.redact(text);
        expect(run(cutAt(text, places), secrets)).toEqual(whole);
        expect(whole.violations.every(({ type }) => type === 'secret')).toBe(true);
      }),
      { seed: 106, numRuns: 1000 * LONG },
    );
  });

  test('no piece of a stream over well-formed text ends in the middle of a character', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 10 }), (text, places) => {
        const stream = filter.createStream();
        fc.pre(text.isWellFormed());
        for (const chunk of cutAt(text, places)) expect(stream.write(chunk)).not.toMatch(/[\uD800-\uDBFF]$/);
      }),
      { seed: 107, numRuns: 1000 * LONG },
    );
  });
});
