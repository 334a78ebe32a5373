import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkServerName, isUsableToolName, parseToolName, toolName } from './names.ts';

const accepts = (name: string): boolean => {
  try {
    checkServerName(name);
    return true;
  } catch {
    return false;
  }
};

test('whatever server names are accepted, a full name is taken apart into what it was made of', () => {
  const word = fc.string({ unit: fc.constantFrom('_', 'a', '-', '.', '/', 'é', ' ', '*', '\n'), minLength: 0, maxLength: 6 });
  fc.assert(
    fc.property(word, word, (server, tool) => {
      fc.pre(accepts(server) && isUsableToolName(tool));
      expect(parseToolName(toolName(server, tool))).toEqual({ server, tool });
    }),
    { seed: 7, numRuns: 3000 },
  );
});

test('server names that would be ambiguous or unprintable are refused with a cure', () => {
  expect(() => checkServerName('my__server')).toThrow('mcpServers key "my__server" must not contain "__" or end in "_", because tools are named mcp__<server>__<tool>; rename it');
  for (const name of ['', 'a_', '__proto__', 'a b', 'a*', 'a\n', 'a\u202Eb', 'x'.repeat(65)]) expect(() => checkServerName(name)).toThrow(/rename it/u);
  for (const name of ['fs', '_fs', 'a_b', 'github.com/x', 'über', 'constructor']) checkServerName(name);
});

test('names of tools keep their own underscores', () => {
  expect(parseToolName('mcp__a___b')).toEqual({ server: 'a', tool: '_b' });
  expect(parseToolName('mcp__a__b__c')).toEqual({ server: 'a', tool: 'b__c' });
  for (const name of ['', 'mcp__', 'mcp__a', 'mcp__a__', 'mcp____b', 'a__b', 'MCP__a__b']) expect(parseToolName(name)).toBeUndefined();
});
