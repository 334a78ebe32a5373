import { expect, test } from 'vitest';
import { createContentFilter } from '../src/index.ts';
import { HOSTILE, repeated } from './hostile.ts';

const filter = createContentFilter();

function cpuMs(text: string): number {
  const samples = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    filter.redact(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...samples);
}

// CPU time, least of four, and a constant on top: other work on the machine cannot fail it, a quadratic rule does.
test.each(Object.entries(HOSTILE))('four times as much of %s takes about four times as long', (_, piece) => {
  const small = cpuMs(repeated(piece, 32_768));
  const large = cpuMs(repeated(piece, 131_072));
  expect(large).toBeLessThan(8 * small + 60);
});

test('ten million units in one piece are redacted', () => {
  const text = repeated('some ordinary words, and no more than that. ', 10_000_000);
  const result = filter.redact(`${text} ada@example.org`);
  // Compared outside of expect, which would print both texts.
  expect(result.text === `${text} [REDACTED_PII]`).toBe(true);
});

test.each(Object.entries(HOSTILE))('a stream of %s keeps back no more than the table says', (_, piece) => {
  const stream = filter.createStream();
  const text = repeated(piece, 2000);
  // Where nothing is redacted, what went in and did not come out is what is kept back.
  const isPlain = filter.scan(text).length === 0;
  let shown = 0;
  let most = 0;
  for (let i = 0; i < text.length; i += 1) {
    shown += stream.write(text.charAt(i)).length;
    if (isPlain) most = Math.max(most, i + 1 - shown);
  }
  expect(most).toBeLessThanOrEqual(filter.holdBack);
  expect(filter.holdBack).toBeLessThanOrEqual(512);
});
