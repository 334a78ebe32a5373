import { mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { freshPath } from '../test/helpers.ts';
import { MAX_LINE } from './line.ts';
import { readLines } from './lines.ts';

async function linesOf(path: string): Promise<{ number: number; bytes: string; end: number; whole: boolean }[]> {
  const file = await open(path, 'r');
  try {
    const lines = [];
    for await (const group of readLines(file, path, 0)) lines.push(...group.map((line) => ({ ...line, bytes: line.bytes.toString('latin1') })));
    return lines;
  } finally {
    await file.close();
  }
}

it('gives the lines that splitting the whole text gives, wherever the reads end', async () => {
  const path = freshPath();
  mkdirSync(dirname(path));
  // Lengths around the size of a read, 256 KiB, beside short ones.
  const length = fc.oneof(fc.nat({ max: 40 }), fc.integer({ min: 262_100, max: 262_200 }), fc.constant(600_000));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { maxLength: 8 }), fc.nat({ max: 9 }), async (lengths, rest) => {
      const text = `${lengths.map((count, index) => `${String(index % 10).repeat(count)}\n`).join('')}${'r'.repeat(rest)}`;
      writeFileSync(path, text);
      const expected = text.split('\n');
      const found = await linesOf(path);
      expect(found.map(({ bytes }) => bytes)).toEqual(rest === 0 ? expected.slice(0, -1) : expected);
      expect(found.map(({ number }) => number)).toEqual(found.map((_, index) => index + 1));
      for (const { end, whole } of found) expect(whole ? text[end - 1] : '\n').toBe('\n');
    }),
    { seed: 20_272, numRuns: 60 },
  );
});

it('keeps only the beginning of a line that no log can have', async () => {
  const path = freshPath();
  mkdirSync(dirname(path));
  writeFileSync(path, `${'x'.repeat(6 * MAX_LINE)}\nshort\n`);
  const [first, second] = await linesOf(path);
  expect(first?.bytes.length).toBeLessThan(2 * MAX_LINE);
  expect(second).toMatchObject({ number: 2, bytes: 'short', end: 6 * MAX_LINE + 7 });
});
