import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './decode.ts';
import { isDeeperThan } from './json-depth.ts';
import { parseSampleRequest, parseToolCall } from './schema.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ask = (body: object): unknown => ({ messages: [{ role: 'user', content: 'hi' }], ...body });

/** Depth of a value by recursion, the slow way. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('isDeeperThan', () => {
  it('agrees with a recursive count on any JSON, brackets in strings included', () => {
    const json = fc.jsonValue({ maxDepth: 5 });
    const agrees = fc.property(json, fc.integer({ min: 0, max: 6 }), (value, max) => {
      expect(isDeeperThan(JSON.stringify(value), max)).toBe(depthOf(value) > max);
    });
    fc.assert(agrees, { seed: 4, numRuns: 300 });
  });

  it('does not take brackets in strings, or escaped quotes, for structure', () => {
    expect(isDeeperThan(JSON.stringify(['"[[[[\\"', '{{{{']), 1)).toBe(false);
  });
});

describe('decodeJson', () => {
  it('refuses what is not UTF-8, not JSON, empty, or nested without end', () => {
    const cases: [Uint8Array, string][] = [
      [new Uint8Array([0x22, 0xff, 0x22]), 'not valid UTF-8'],
      [new Uint8Array([0xe2, 0x82]), 'not valid UTF-8'],
      [bytes('{'), 'not valid JSON'],
      [bytes(''), 'empty'],
      [bytes('['.repeat(5_000)), 'deeper than 64'],
      [bytes(`${'[1,'.repeat(100_000)}`), 'deeper than 64'],
    ];
    for (const [body, words] of cases) expect(() => decodeJson(body)).toThrow(new RegExp(`^Invalid request: .*${words}`));
  });
});

describe('a sampling request', () => {
  it('may hold every field of the wire protocol', () => {
    const body = ask({ model: 'm', maxTokens: 10_000, systemPrompt: '', stream: true });
    expect(parseSampleRequest(body)).toEqual(body);
  });

  it('is refused naming the place, what is expected and what came', () => {
    const cases: [unknown, RegExp][] = [
      [3, /^Invalid request: the body must be an object .*, got 3$/],
      [{}, /messages must be an array of 1 to 1000 messages, got nothing$/],
      [{ messages: [] }, /got an array of 0$/],
      [ask({ maxTokens: 0 }), /maxTokens must be a whole number from 1 to 10000, got 0$/],
      [ask({ maxTokens: 10_001 }), /got 10001$/],
      [ask({ maxTokens: 1.5 }), /got 1.5$/],
      [ask({ maxTokens: JSON.parse('1e999') }), /maxTokens must be .* got Infinity$/],
      [ask({ maxTokens: '5' }), /got "5"$/],
      [ask({ temperature: 1 }), /unknown key "temperature"; /],
      [ask({ stream: 'yes' }), /stream must be true or false, got "yes"$/],
      [ask({ systemPrompt: null }), /systemPrompt must be a string, got null$/],
      [ask({ model: '' }), /model must be a string of 1 to 256 characters, got ""$/],
      [ask({ model: 'x'.repeat(257) }), /got a string of 257 characters$/],
      [JSON.parse('{"messages":[{"role":"user","content":"x"}],"__proto__":{"model":"x"}}'), /unknown key "__proto__"/],
      [{ messages: [{ role: 'tool', content: 'x' }] }, /messages\[0\]\.role must be "user", "assistant" or "system", got "tool"$/],
      [{ messages: [{ role: 'user', content: 5 }] }, /messages\[0\]\.content must be a string or an array of \{type: "text", text\}, got 5$/],
      [{ messages: [{ role: 'user', content: [{ type: 'image', text: 'x' }] }] }, /messages\[0\]\.content must be/],
      [{ messages: [{ role: 'user', content: 'x', name: 'y' }] }, /unknown key "name" in messages\[0\]/],
    ];
    for (const [body, words] of cases) expect(() => parseSampleRequest(body)).toThrow(words);
  });

  it('is refused with one clear error for any other value', () => {
    const refused = fc.property(fc.jsonValue(), (value) => {
      expect(() => parseSampleRequest(value)).toThrow(/^Invalid request: /);
    });
    fc.assert(refused, { seed: 5, numRuns: 300 });
  });
});

describe('a tool call', () => {
  it('keeps its arguments as they are, strange keys included', () => {
    const body = JSON.parse('{"name":"t","arguments":{"__proto__":{"a":1},"constructor":2}}') as unknown;
    expect(JSON.stringify(parseToolCall(body))).toBe('{"name":"t","arguments":{"__proto__":{"a":1},"constructor":2}}');
  });

  it('has no arguments where none are given', () => {
    expect(parseToolCall({ name: 't' })).toEqual({ name: 't', arguments: {} });
  });

  it('is refused with a name that holds anything but printable ASCII', () => {
    for (const name of ['a b', ' a', 'a\n', '\t', 'é', 'tооl', 'a\u0000', 'a\u007f', '😀']) {
      expect(() => parseToolCall({ name })).toThrow(`Invalid request: name must be printable ASCII without blanks, got ${JSON.stringify(name)}`);
    }
    expect(() => parseToolCall({ name: 'x'.repeat(257) })).toThrow(/name must be a string of 1 to 256 characters, got a string of 257 characters$/);
    expect(parseToolCall({ name: `!~${'x'.repeat(254)}` }).name).toHaveLength(256);
  });

  it('is refused where arguments are no object or the name is none', () => {
    expect(() => parseToolCall({ name: 't', arguments: [] })).toThrow(/arguments must be an object, got an array of 0$/);
    expect(() => parseToolCall({ name: 't', arguments: null })).toThrow(/arguments must be an object, got null$/);
    expect(() => parseToolCall({ name: '' })).toThrow(/name must be a string of 1 to 256 characters, got ""$/);
  });
});
