import { expect, test } from 'vitest';
import type { Tool } from './catalog.ts';
import { rank } from './search.ts';

const tool = (name: string, description: string, properties: object = {}, title = ''): Tool => ({
  name,
  title,
  description: { name: `mcp__s__${name}`, description, inputSchema: { type: 'object', properties } },
  unusable: undefined,
});
const tools = [
  tool('write_file', 'Writes text to a path', { path: {}, content: {} }),
  tool('readTextFile', 'Reads one file', { path: {} }),
  tool('weather', 'Tells the forecast for a city', { city: {} }),
  tool('x1', 'Nothing special', {}, 'Weather map'),
];
const names = (query?: string): string[] => rank(tools, query).map(({ name }) => name);

test('without a query the order is by name', () => {
  expect(names()).toEqual(['readTextFile', 'weather', 'write_file', 'x1']);
  expect(names('  ')).toEqual(names());
});

test('a name counts more than a title, a title more than a description, that more than a parameter', () => {
  expect(names('weather')).toEqual(['weather', 'x1']);
  expect(names('read text')).toEqual(['readTextFile', 'write_file']);
  expect(names('city')).toEqual(['weather']);
  expect(names('READ_TEXT_FILE')[0]).toBe('readTextFile');
});

test('the beginning of a word finds it, and the prefix of all names finds nothing', () => {
  expect(names('forec')).toEqual(['weather']);
  expect(names('mcp')).toEqual([]);
  expect(names('?!')).toEqual([]);
});
