import { describe, expect, test } from 'vitest';
import { ContentFilterError, type ContentFilterOptions, createContentFilter } from './index.ts';

const refusal = (options: unknown): ContentFilterError => {
  try {
    createContentFilter(options as ContentFilterOptions);
  } catch (error) {
    if (error instanceof ContentFilterError) return error;
    throw error;
  }
  throw new Error('the options were accepted');
};
const text = 'ada@example.org and 123-45-6789';

describe('options', () => {
  test('without options everything is redacted', () => {
    expect(createContentFilter().redact(text).text).toBe('[REDACTED_PII] and [REDACTED_PII]');
  });

  test('personal data can be left alone', () => {
    expect(createContentFilter({ pii: false }).redact(text).text).toBe(text);
  });

  test('one pattern can be left alone', () => {
    expect(createContentFilter({ exclude: ['email'] }).redact(text).text).toBe('ada@example.org and [REDACTED_PII]');
  });

  test('an option that is undefined counts as absent', () => {
    const options: object = { secrets: undefined, exclude: undefined };
    expect(createContentFilter(options).redact(text).violations).toHaveLength(2);
  });

  test.each([
    [{ piii: false }, 'unknown option "piii"; known: secrets, pii, exclude'],
    [{ pii: 'no' }, 'option pii must be true or false, got "no"'],
    [{ secrets: null }, 'option secrets must be true or false, got null'],
    [{ exclude: 'email' }, 'option exclude must be an array of pattern names, got "email"'],
    [{ exclude: ['e-mail'] }, 'option exclude names the unknown pattern "e-mail"; known: anthropic_key, '],
    [{ exclude: [7] }, 'option exclude names the unknown pattern 7 (number)'],
    [null, 'options must be an object, got null'],
    [['email'], 'options must be an object, got an array'],
    [{ secrets: false, pii: false }, 'no rule is left switched on'],
  ])('%j is refused with the reason', (options, reason) => {
    const error = refusal(options);
    expect(error.code).toBe('invalid_options');
    expect(error.message).toContain(reason);
  });
});
