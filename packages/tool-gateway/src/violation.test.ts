import { expect, test } from 'vitest';
import { loadCompiler } from './argument-check.ts';
import { createBoundedRun } from './bounded-run.ts';

const compile = await loadCompiler(createBoundedRun());
const properties = {
  path: { type: 'string', minLength: 1 },
  count: { type: 'integer', minimum: 1, maximum: 9 },
  mode: { enum: ['read', 'write'] },
  fixed: { const: 1 },
  items: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }, maxItems: 2 },
  either: { type: ['string', 'null'] },
  union: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
  forms: { oneOf: [{ type: 'object', required: ['a'] }, { type: 'object', required: ['b'] }] },
  word: { type: 'string', pattern: '^[\\w-.]+$' },
  'a/b~c': { type: 'string' },
  never: false,
};
const check = compile({ type: 'object', properties, additionalProperties: false });

test.each([
  [{ path: 5 }, '/path must be string (got number)'],
  [{ path: null }, '/path must be string (got null)'],
  [{ path: [] }, '/path must be string (got array)'],
  [{ path: '' }, '/path must NOT have fewer than 1 characters (got "")'],
  [{ count: 1.5 }, '/count must be integer (got number)'],
  [{ count: 10 }, '/count must be <= 9 (got 10)'],
  [{ mode: 'delete' }, '/mode must be one of "read", "write" (got "delete")'],
  [{ fixed: 2 }, '/fixed must be 1 (got 2)'],
  [{ items: [{ name: 'a' }, {}] }, '/items/1/name is required'],
  [{ items: [{ name: 1 }] }, '/items/0/name must be string (got number)'],
  [{ items: [{ name: 'a' }, { name: 'a' }, { name: 'a' }] }, '/items must NOT have more than 2 items (got array)'],
  [{ either: 1 }, '/either must be string or null (got number)'],
  [{ union: {} }, '/union must be string, number or null (got object)'],
  [{ forms: {} }, '/forms must match one of its forms (got object): /forms/a is required, or /forms/b is required'],
  [{ forms: { a: 1, b: 1 } }, '/forms must match exactly one of its forms (got object, which matches several)'],
  [{ word: 'a b' }, '/word must match pattern "^[\\w-.]+$" (got "a b")'],
  [{ 'a/b~c': 1 }, '/a~1b~0c must be string (got number)'],
  [{ extra: 1 }, '/extra is not a property of this tool'],
  [{ never: 1 }, '/never is not allowed'],
  [JSON.parse('{"__proto__": 1}'), '/__proto__ is not a property of this tool'],
])('%j: %s', (args, message) => {
  expect(check(args as Record<string, unknown>)).toBe(message);
});

test('what fits is not changed and has no message', () => {
  const args = { path: 'a', count: 1, mode: 'read', items: [{ name: 'x' }], either: null, union: 1, forms: { a: 1 }, word: 'a-b.c' };
  const before = structuredClone(args);
  expect(check(args)).toBeUndefined();
  expect(args).toEqual(before);
});

test('schemas without a dialect are read as 2020-12 and else as draft-07', () => {
  const modern = compile({ type: 'object', properties: { pair: { prefixItems: [{ type: 'string' }] } } });
  const older = compile({ type: 'object', properties: { pair: { items: [{ type: 'string' }] } }, definitions: {} });
  for (const check of [modern, older]) expect(check({ pair: [1] })).toBe('/pair/0 must be string (got number)');
});

test.each([
  [{ type: 'strin' }, /type must be JSONType/u],
  [{ properties: [] }, /properties value must be/u],
  [{ $ref: 'https://example.com/schema' }, /can't resolve reference/u],
  [{ $schema: 'http://json-schema.org/draft-04/schema#', properties: { n: { minimum: 1, exclusiveMinimum: true } } }, /exclusiveMinimum value must be/u],
  [{ properties: { a: { pattern: '(' } } }, /Invalid regular expression/u],
  [{ $async: true, type: 'object' }, /asynchronous/u],
])('a schema that cannot be used is refused: %j', (schema, reason) => {
  expect(() => compile(schema)).toThrow(reason);
});

test('two schemas with one $id do not meet', () => {
  const first = compile({ $id: 'https://x.example/a', type: 'object', required: ['a'] });
  const second = compile({ $id: 'https://x.example/a', type: 'object', required: ['b'] });
  expect([first({}), second({})]).toEqual(['/a is required', '/b is required']);
});

test('arguments too costly to check even without patterns are refused, not let through', () => {
  const again = { properties: { v: { $ref: '#/$defs/node' } } };
  const node = { anyOf: [{ allOf: [again, { required: ['a'] }] }, { allOf: [again, { required: ['b'] }] }] };
  const costly = compile({ $defs: { node }, type: 'object', properties: { tree: { $ref: '#/$defs/node' } } });
  let tree: object = {};
  for (let level = 0; level < 60; level++) tree = { v: tree };
  expect(costly({ tree })).toBe('they could not be checked within 500 ms; send less');
  expect(costly({ tree: { a: 1 } })).toBeUndefined();
});

test('after a pattern was too costly nothing is refused that the schema accepts', () => {
  const evil = '^(a+)+$';
  const schema = {
    type: 'object',
    properties: { word: { pattern: evil }, other: { not: { pattern: evil } }, n: { type: 'number' }, one: { oneOf: [{ pattern: evil }, { pattern: '^b' }] } },
    patternProperties: { [evil]: { type: 'number' } },
    additionalProperties: false,
  };
  const check = compile(schema);
  expect(check({ other: 'b', one: 'b', aaa: 1 })).toBeUndefined();
  expect(check({ other: 'aaa' })).toMatch(/^\/other must NOT be valid/u);
  const costly = `${'a'.repeat(60)}b`;
  expect(check({ word: costly })).toBeUndefined();
  expect(check({ other: 'b', one: 'b', aaa: 1, word: costly })).toBeUndefined();
  expect(check({ n: 'x', word: costly })).toBe('/n must be number (got string)');
});
