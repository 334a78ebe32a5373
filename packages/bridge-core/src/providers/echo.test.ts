import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderRequest, ProviderResult } from '../ports.ts';
import { createEchoProvider, echoPromptTokens } from './echo.ts';

const { signal } = new AbortController();
const request = (content: string, maxTokens = 1_000): ProviderRequest => ({ model: 'm', maxTokens, systemPrompt: '', messages: [{ role: 'user', content }] });

describe('the echo provider', () => {
  const echo = createEchoProvider();

  it('says that it is no real model and quotes what was asked', async () => {
    const { text, model, stopReason } = await echo.complete(request('What is 2+2?'), { signal });
    expect(text).toBe('[echo: an offline stand-in, not a real language model] You asked: What is 2+2?');
    expect([model, stopReason]).toEqual(['echo', 'end_turn']);
  });

  it('counts a token per four characters, rounded up, over all of the prompt', async () => {
    const asked: ProviderRequest = { model: 'm', maxTokens: 1_000, systemPrompt: 'abc', messages: [{ role: 'user', content: 'de' }, { role: 'assistant', content: 'f' }, { role: 'user', content: 'ghi' }] };
    expect(echoPromptTokens(asked)).toBe(3);
    const { text, usage } = await echo.complete(asked, { signal });
    expect(usage).toEqual({ inputTokens: 3, outputTokens: Math.ceil(text.length / 4) });
  });

  it('keeps to maxTokens, says that it was cut, and streams the very same answer', async () => {
    const rule = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 100 }), async (content, maxTokens) => {
      const whole = await echo.complete(request(content, maxTokens), { signal });
      expect(whole.usage?.outputTokens).toBeLessThanOrEqual(maxTokens);
      expect(whole.stopReason).toBe(whole.text.length < `[echo: an offline stand-in, not a real language model] You asked: ${content}`.length ? 'max_tokens' : 'end_turn');
      let text = '';
      let done: ProviderResult | undefined;
      for await (const item of echo.stream?.(request(content, maxTokens), { signal }) ?? []) {
        if ('done' in item) done = item.done;
        else text += item.text;
      }
      expect([text, done]).toEqual([whole.text, whole]);
    });
    await fc.assert(rule, { seed: 8, numRuns: 100 });
  });

  it('stops with its signal', async () => {
    await expect(echo.complete(request('x'), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
