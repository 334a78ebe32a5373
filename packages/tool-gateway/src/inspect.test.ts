import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inspect } from './inspect.ts';

const bounds = { maxChars: 60, maxDepth: 4 };
const depth = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0);

test('a JSON value is within bounds exactly where its text and its nesting are', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const fits = JSON.stringify(value).length <= bounds.maxChars && depth(value) <= bounds.maxDepth;
      expect(inspect(value, bounds) === undefined).toBe(fits);
    }),
    { seed: 7, numRuns: 5000 },
  );
});

test('what is not JSON is named', () => {
  expect(inspect({ a: [() => 1] }, bounds)).toBe('not JSON: it holds a function');
  expect(inspect(undefined, bounds)).toBeUndefined();
});
