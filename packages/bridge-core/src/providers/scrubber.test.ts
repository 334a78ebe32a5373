import { array, assert, constantFrom, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { createScrubber } from './scrubber.ts';

const KEY = ['sk', 'ant', 'Ab9+"/\\q?x%Z'].join('-');
const PLACEHOLDER = '[REDACTED_SECRET]';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('the key goes in every form, in any case, and nothing else', () => {
  const forms = [KEY, base64(KEY), Buffer.from(KEY).toString('base64url'), encodeURIComponent(KEY), JSON.stringify(KEY).slice(1, -1)];
  for (const form of forms) {
    for (const shown of [form, form.toUpperCase(), form.toLowerCase()]) {
      expect(createScrubber(KEY).text(`a ${shown} b ${shown}`)).toBe(`a ${PLACEHOLDER} b ${PLACEHOLDER}`);
    }
  }
  expect(createScrubber(KEY).text(`${KEY.slice(0, -1)} stays`)).toBe(`${KEY.slice(0, -1)} stays`);
});

test('the key goes from inside a longer encoded text, wherever it begins', () => {
  for (const before of ['', 'B', 'Be', 'Bearer ']) {
    const shown = createScrubber(KEY).text(base64(`${before}${KEY}, and more`));
    expect(shown).toContain(PLACEHOLDER);
    expect(Buffer.from(shown.replace(PLACEHOLDER, ''), 'base64').toString()).not.toContain(KEY.slice(4, 12));
  }
});

test('a key of fewer than eight characters is not searched for', () => {
  expect(createScrubber('1234567').text('1234567')).toBe('1234567');
  expect(createScrubber('12345678').text('12345678')).toBe(PLACEHOLDER);
});

test('any pieces give what the whole gives, and what is held back at the end is not lost', () => {
  for (const key of [KEY, 'abababab', 'aaaaaaaaa', 'abcabcab']) {
    const forms = [key, base64(key), encodeURIComponent(key), JSON.stringify(key).slice(1, -1), Buffer.from(key).toString('base64url')];
    const part = tuple(constantFrom(...forms, 'a', 'ab', ' '), string({ maxLength: 2 })).map(([form, text]) => form + text);
    const cut = tuple(constantFrom(...forms), constantFrom(1, 3, 7)).map(([form, n]) => form.slice(0, n));
    const rule = property(array(constantFrom('part', 'cut').chain((kind) => (kind === 'part' ? part : cut)), { maxLength: 8 }), array(constantFrom(1, 2, 3, 5, 11), { minLength: 1, maxLength: 5 }), (parts, sizes) => {
      const text = parts.join('');
      const scrubber = createScrubber(key);
      const stream = scrubber.stream();
      let shown = '';
      for (let at = 0, i = 0; at < text.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        shown += stream.write(text.slice(at, at + size));
        at += size;
      }
      expect(shown + stream.end()).toBe(scrubber.text(text));
      expect(shown.toLowerCase()).not.toContain(key.toLowerCase());
    });
    assert(rule, { seed: 11, numRuns: 200 });
  }
});

test('only an end with which a form begins is held back', () => {
  const stream = createScrubber(KEY).stream();
  expect(stream.write('plain words.')).toBe('plain words.');
  expect(stream.write(`so ${KEY.slice(0, 5)}`)).toBe('so ');
  expect(stream.write('!')).toBe(`${KEY.slice(0, 5)}!`);
});
