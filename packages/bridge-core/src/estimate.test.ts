import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePromptTokens, estimateTextTokens, REQUEST_FRAME_TOKENS } from './estimate.ts';
import { echoPromptTokens } from './providers/echo.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[ \t\na-zA-Z0-9.,]{0,200}$/));
const request = fc.record({
  systemPrompt: text,
  messages: fc.array(fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), content: text }), { minLength: 1, maxLength: 8 }),
});

describe('estimatePromptTokens', () => {
  it('is never below the echo model\'s own count', () => {
    const holds = fc.property(request, (asked) => {
      expect(estimatePromptTokens(asked)).toBeGreaterThanOrEqual(echoPromptTokens(asked));
    });
    fc.assert(holds, { seed: 1, numRuns: 1_000 });
  });

  it('counts at least ten tokens for the frame of a request', () => {
    const empty = { systemPrompt: '', messages: [{ role: 'user' as const, content: '' }] };
    expect(estimatePromptTokens(empty)).toBeGreaterThanOrEqual(REQUEST_FRAME_TOKENS);
    expect(REQUEST_FRAME_TOKENS).toBe(10);
  });

  it('is linear: a megabyte costs what its thousand parts cost, give or take their borders', () => {
    const part = 'Some prose, 12 digits & [code]; Ünï 漢字 👍 '.repeat(25);
    const whole = estimateTextTokens(part.repeat(1_000));
    expect(Math.abs(whole - estimateTextTokens(part) * 1_000)).toBeLessThanOrEqual(1_000);
  });

  it('leans upward for prose, code, digits, other alphabets, ideographs and emoji', () => {
    // What byte-pair tokenizers commonly need, rounded up: prose 4 characters a token, digits 1 to 3, ideographs 1 to 2 tokens, emoji 2 to 4.
    expect(estimateTextTokens('The quick brown fox jumps over the lazy dog.')).toBeGreaterThanOrEqual(10);
    expect(estimateTextTokens('const x = foo(bar[0]);')).toBeGreaterThanOrEqual(11);
    expect(estimateTextTokens('1234567890')).toBe(10);
    expect(estimateTextTokens('Привет')).toBe(6);
    expect(estimateTextTokens('漢字かな')).toBe(8);
    expect(estimateTextTokens('👍')).toBe(4);
  });

  it('does not take a long run of letters for words', () => {
    expect(estimateTextTokens('x'.repeat(1_000))).toBe(500);
  });
});
