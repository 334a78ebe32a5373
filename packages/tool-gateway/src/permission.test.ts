import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPermission } from './permission.ts';
import type { Pattern } from './patterns.ts';
import { intersect, matches, parsePatterns } from './patterns.ts';

const parse = (...entries: unknown[]): Pattern[] => parsePatterns(entries, 'allowedTools', (message) => new Error(message));
const permission = (allow: string[], deny: string[], granted: string[]): ReturnType<typeof createPermission> =>
  createPermission({ allow: parse(...allow), deny: parse(...deny) }, parse(...granted));

/** Every name over two servers and short tool names: the slow oracle's world. */
const universe = ['a', 'b'].flatMap((server) => ['x', 'y', 'xx', 'xy', 'yx', 'xxy'].map((tool) => `mcp__${server}__${tool}`));
const entry = fc.constantFrom(...universe, '*', 'mcp__*', ...universe.flatMap((name) => [`${name}*`, `${name.slice(0, -1)}*`]));
const entries = fc.array(entry, { maxLength: 3 });
const plain = (list: string[], name: string): boolean => list.some((item) => (item.endsWith('*') ? name.startsWith(item.slice(0, -1)) : name === item));

test('a tool is allowed exactly where the operator and the execution allow it and nothing denies it', () => {
  fc.assert(
    fc.property(entries, entries, entries, (allow, deny, granted) => {
      const { allows } = permission(allow, deny, granted);
      for (const name of universe) expect(allows(name)).toBe(plain(allow, name) && plain(granted, name) && !plain(deny, name));
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('a server with an allowed tool is always reached', () => {
  fc.assert(
    fc.property(entries, entries, entries, (allow, deny, granted) => {
      const { allows, reaches } = permission(allow, deny, granted);
      for (const name of universe.filter(allows)) expect(reaches(name.split('__')[1] ?? '')).toBe(true);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('two patterns have a common pattern exactly where they share names', () => {
  fc.assert(
    fc.property(entry, entry, (a, b) => {
      const [first, second] = [...parse(a), ...parse(b)] as [Pattern, Pattern];
      const common = intersect(first, second);
      expect(intersect(second, first)).toEqual(common);
      for (const name of universe) expect(common !== undefined && matches(common, name)).toBe(matches(first, name) && matches(second, name));
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('a server out of reach is not reached', () => {
  expect(permission(['*'], [], ['mcp__a__x']).reaches('b')).toBe(false);
  expect(permission(['*'], ['mcp__a__*'], ['*']).reaches('a')).toBe(false);
  expect(permission(['*'], ['mcp__a__x'], ['mcp__a__x']).reaches('a')).toBe(false);
  expect(permission(['mcp__a__r*'], [], ['mcp__a__w*']).reaches('a')).toBe(false);
  expect(permission(['*'], [], ['mcp__ab__*']).reaches('a')).toBe(false);
  expect(permission(['*'], [], ['mcp__a*']).reaches('ab')).toBe(true);
  expect(permission(['*'], [], []).reaches('a')).toBe(false);
});

test('malformed entries are named with their place, their value and the cure', () => {
  expect(() => parse('mcp__a__x', 'mcp__*__x')).toThrow('allowedTools[1] "mcp__*__x" has a "*" that is not its last character');
  expect(() => parse('**')).toThrow(/only one at the end/u);
  expect(() => parse('read_file')).toThrow('allowedTools[0] "read_file" must begin with "mcp__": write mcp__server__tool, mcp__server__* or *');
  expect(() => parse('mcp__fs')).toThrow(/names no tool: write/u);
  expect(() => parse('')).toThrow(/must begin with/u);
  expect(() => parse(7)).toThrow('allowedTools[0] 7 must be a string');
  expect(() => parsePatterns('*', 'allowedTools', (message) => new Error(message))).toThrow('allowedTools must be an array of tool names, but is string');
});
