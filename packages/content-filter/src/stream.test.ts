import { expect, test } from 'vitest';
import { createContentFilter } from './index.ts';

const filter = createContentFilter();

test('plain text leaves a stream at the end of each word', () => {
  const stream = filter.createStream();
  expect([stream.write('some wor'), stream.write('ds and '), stream.end()]).toEqual(['some ', 'words and ', '']);
});

test('a secret cut anywhere is never shown in part', () => {
  const key = `ghp_${'aB3'.repeat(12)}`;
  for (let cut = 0; cut <= key.length; cut += 1) {
    const stream = filter.createStream();
    const shown = [stream.write(`is ${key.slice(0, cut)}`), stream.write(`${key.slice(cut)}.`), stream.end()];
    expect(shown.join('')).toBe('is [REDACTED_SECRET].');
    expect(shown[0]).not.toContain('ghp');
  }
});

test('a key without end is swallowed and its placeholder comes when it ends', () => {
  const stream = filter.createStream();
  stream.write(`sk-${'aB3'.repeat(20)}`);
  for (let i = 0; i < 2000; i += 1) expect(stream.write('aB3'.repeat(50))).toBe('');
  expect(stream.write(' end ')).toBe('[REDACTED_SECRET] end ');
});

test('violations count what has been redacted so far, and the list is a copy', () => {
  const stream = filter.createStream();
  expect(stream.violations()).toEqual([]);
  stream.write('ada@example.org, bob@example.org, ');
  const soFar = stream.violations();
  stream.write('eve@example.org');
  stream.end();
  expect(soFar).toEqual([{ type: 'pii', pattern: 'email', count: 2 }]);
  expect(stream.violations()).toEqual([{ type: 'pii', pattern: 'email', count: 3 }]);
});

test('streams of one filter do not see each other', () => {
  const [one, two] = [filter.createStream(), filter.createStream()];
  const shown = [one.write('ada@exa'), two.write('x'), one.write('mple.org'), one.end(), two.end()];
  expect(shown).toEqual(['', '', '', '[REDACTED_PII]', 'x']);
});

test('the end may be said twice, but nothing may follow it', () => {
  const stream = filter.createStream();
  stream.write('word');
  expect([stream.end(), stream.end()]).toEqual(['word', '']);
  expect(() => stream.write('more')).toThrow(expect.objectContaining({ code: 'stream_ended' }));
});

test.each([undefined, null, 7, new Uint8Array(3)])('%s instead of a text is refused', (value) => {
  const text = value as unknown as string;
  for (const call of [() => filter.scan(text), () => filter.redact(text), () => filter.createStream().write(text)]) {
    expect(call).toThrow(expect.objectContaining({ name: 'ContentFilterError', code: 'invalid_text' }));
  }
});

test('the empty text and lone halves of pairs pass unchanged', () => {
  for (const text of ['', '\uD83D', '\uDE00x', 'a\uD83D@\uDE00.b']) {
    expect(filter.redact(text)).toEqual({ text, violations: [] });
  }
});

test('the hold-back comes from the rules that are switched on', () => {
  expect(createContentFilter({ pii: false, exclude: ['private_key'] }).holdBack).toBeLessThan(filter.holdBack);
  expect(filter.holdBack).toBeLessThanOrEqual(512);
});
