import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nestsDeeperThan } from './json-depth.ts';

/** The slow way: depth of the parsed value. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('agrees with the depth of the parsed value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.nat(9), (json, limit) => {
      expect(nestsDeeperThan(json, limit)).toBe(depthOf(JSON.parse(json)) > limit);
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('brackets and quotes in strings count for nothing', () => {
  for (const text of ['[[[[', '"[', '\\"[{', '\\\\', '\u2028[']) {
    expect(nestsDeeperThan(JSON.stringify([text, { [text]: 1 }]), 2)).toBe(false);
    expect(nestsDeeperThan(JSON.stringify([text, { [text]: 1 }]), 1)).toBe(true);
  }
});

test('text that is no JSON is measured without complaint, however deep', () => {
  expect(nestsDeeperThan('['.repeat(5_000_000), 64)).toBe(true);
  expect(nestsDeeperThan(']'.repeat(100_000), 64)).toBe(false);
  expect(nestsDeeperThan('"\\', 0)).toBe(false);
});
