import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader } from './line-reader.ts';
import { idFromEdges } from './oversize.ts';

function read(chunks: Buffer[], max: number): { lines: string[]; oversize: [string, string][] } {
  const lines: string[] = [];
  const oversize: [string, string][] = [];
  const reader = createLineReader(max, { line: (text) => lines.push(text), oversize: (head, tail) => oversize.push([head, tail]) });
  for (const chunk of chunks) reader.push(chunk);
  return { lines, oversize };
}

test('lines are the same however the bytes are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'é', '\u{1F600}') });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (text, cuts) => {
      const bytes = Buffer.from(text);
      const at = [0, ...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(read(chunks, 1000).lines).toEqual(text.split('\n').slice(0, -1).map((line) => line.replace(/\r$/u, '')));
    }),
    { seed: 7, numRuns: 1000 },
  );
});

test('a line over the limit is told by its ends, and the lines around it are whole', () => {
  const long = `{"id":12,${'x'.repeat(5000)},"jsonrpc":"2.0"}`;
  const bytes = Buffer.from(`before\n${long}\nafter\n`);
  for (const size of [1, 7, 300, 10_000]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
    expect(read(chunks, 1000)).toEqual({ lines: ['before', 'after'], oversize: [[long.slice(0, 256), long.slice(-256)]] });
  }
});

test('the id of a message is found at either end and nowhere else', () => {
  const ends = (text: string): number | undefined => idFromEdges(text.slice(0, 256), text.slice(-256));
  const filler = '"id":99,'.repeat(100);
  expect(ends(`{"result":{"t":"${filler}"},"jsonrpc":"2.0","id":5}`)).toBe(5);
  expect(ends(`{"jsonrpc":"2.0","id":6,"result":"${filler}"}`)).toBe(6);
  expect(ends(`{"id":7,"jsonrpc":"2.0","result":"${filler}"}`)).toBe(7);
  expect(ends(`{"result":"${filler}","id":8,"jsonrpc":"2.0"}`)).toBe(8);
  expect(ends(`{"jsonrpc":"2.0","method":"log","params":"${filler}"}`)).toBeUndefined();
});
