import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwrapResult } from './result.ts';

const text = (...texts: string[]): object[] => texts.map((part) => ({ type: 'text', text: part }));
const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' };
const link = { type: 'resource_link', uri: 'file:///a', name: 'a' };

test.each([
  ['structured content is the result', { structuredContent: { a: 1, b: 2 }, content: text('{"a":1,"b":2}') }, { a: 1, b: 2 }],
  ['one key with other content stays an object', { structuredContent: { entries: [] }, content: text('{"entries":[]}') }, { entries: [] }],
  ['one key that repeats the text gives the text', { structuredContent: { content: 'hello' }, content: text('hello') }, 'hello'],
  ['an empty text that is repeated is an empty text', { structuredContent: { content: '' }, content: text('') }, ''],
  ['several blocks that are repeated joined give the text', { structuredContent: { content: 'ab' }, content: text('a', 'b') }, 'a\nb'],
  ['a number that the text shows stays a number', { structuredContent: { result: 4 }, content: text('4') }, { result: 4 }],
  ['two keys are never a repetition', { structuredContent: { a: 'x', b: 'x' }, content: text('x') }, { a: 'x', b: 'x' }],
  ['one key without any block is structure', { structuredContent: { content: '' }, content: [] }, { content: '' }],
  ['structured content need not be an object', { structuredContent: [1, 2], content: [] }, [1, 2]],
  ['false is structured content', { structuredContent: false, content: text('no') }, false],
  ['null is none', { structuredContent: null, content: text('t') }, 't'],
  ['texts are joined by line feeds', { content: text('a', 'b', '') }, 'a\nb\n'],
  ['an embedded text resource is text', { content: [...text('see'), { type: 'resource', resource: { uri: 'x:', text: 'inside' } }] }, 'see\ninside'],
  ['text beside an image is the result', { content: [image, ...text('a picture')] }, 'a picture'],
  ['blocks without text are handed on', { content: [image, link] }, [image, link]],
  ['no content is an empty text', { content: [] }, ''],
  ['a result without anything is an empty text', {}, ''],
  ['blocks that are none are ignored beside text', { content: [null, 7, { type: 'text' }, { type: 'resource' }, ...text('t')] }, 't'],
])('%s', (_, raw, expected) => {
  expect(unwrapResult(raw).value).toEqual(expected);
});

test('an error brings its text, or its structure where it has none', () => {
  expect(unwrapResult({ isError: true, content: text('a', 'b') })).toMatchObject({ isError: true, text: 'a\nb' });
  expect(unwrapResult({ isError: true, structuredContent: { reason: 'x', at: 1 } })).toMatchObject({ isError: true, text: '{"reason":"x","at":1}' });
  expect(unwrapResult({ isError: 'yes', content: [] }).isError).toBe(false);
});

test('whatever a server answers is unwrapped without a throw', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('content', 'structuredContent', 'isError'), fc.jsonValue()), (raw) => {
      expect(unwrapResult(raw)).toHaveProperty('value');
    }),
    { seed: 7, numRuns: 1000 },
  );
});
