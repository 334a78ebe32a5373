import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokensIn } from '@code-executor/fake-anthropic';
import { cases, openWorld } from './support.ts';

const question = fc.record({
  /** Words of the prompt. */
  words: fc.nat(200),
  maxTokens: fc.integer({ min: 1, max: 3_000 }),
  /** Share of what it may that the answer uses, in percent. */
  share: fc.nat(100),
  /** Turns of the event loop that the API takes. */
  turns: fc.nat(30),
  /** How the API ends it. */
  end: fc.constantFrom('answer', 'answer', 'answer', 'answer', 'failure', 'refusal'),
  stream: fc.boolean(),
});
const program = fc.record({ questions: fc.array(question, { minLength: 1, maxLength: 40 }), tokens: fc.integer({ min: 100, max: 20_000 }), rounds: fc.integer({ min: 1, max: 50 }) });

test('whatever is asked in parallel and however it ends, neither rounds nor tokens pass their limit, and metrics equal what the API reported', { timeout: 300_000 }, async () => {
  const world = await openWorld();
  const property = fc.asyncProperty(program, async ({ questions, tokens, rounds }) => {
    const before = { reported: world.api.reportedTokens(), requests: world.api.requests.length };
    let charged = 0;
    world.api.script(async (request) => {
      const { share = 0, end, turns = 0 } = questions[Number(request.messages[0]?.content.split(' ', 1)[0])] ?? {};
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (end === 'failure') {
        // Nothing is reported, so the reservation is charged: at least what was sent may have cost.
        charged += tokensIn(request) + request.max_tokens;
        return { kind: 'error', status: 500 };
      }
      if (end === 'refusal') return { kind: 'error', status: 400 };
      const output = Math.floor((request.max_tokens * share) / 100);
      const input = tokensIn(request);
      return { kind: 'answer', text: 'ok', usage: { input_tokens: input - 3, output_tokens: output, cache_read_input_tokens: 2, cache_creation_input_tokens: 1 } };
    });
    const result = await world.typescript(
      `
      const questions = ${JSON.stringify(questions)};
      const ask = async ({ words, maxTokens, stream }, i) => {
        const prompt = i + ' word'.repeat(words);
        if (!stream) return llm.ask(prompt, { maxTokens });
        for await (const _ of llm.stream(prompt, { maxTokens }));
      };
      const outcomes = await Promise.allSettled(questions.map(ask));
      export default { codes: outcomes.map(({ reason }) => reason?.code ?? 'answered'), budget: llm.budget() };
      `,
      { maxSamplingRounds: rounds, maxSamplingTokens: tokens },
    );
    const reported = world.api.reportedTokens() - before.reported;
    const requests = world.api.requests.length - before.requests;
    const { codes, budget } = result.result as { codes: string[]; budget: unknown };
    const metrics = result.samplingMetrics;
    expect(reported).toBeLessThanOrEqual(tokens);
    expect(requests).toBeLessThanOrEqual(rounds);
    expect(metrics?.totalRounds).toBe(requests);
    expect(metrics?.totalTokens).toBeLessThanOrEqual(tokens);
    // The estimate of an unreported prompt leans upward; all else is exact.
    expect(metrics?.totalTokens).toBeGreaterThanOrEqual(reported + charged);
    expect(metrics?.totalTokens).toBeLessThanOrEqual(charged === 0 ? reported : tokens);
    expect(metrics?.quotaRemaining).toEqual({ rounds: rounds - requests, tokens: tokens - (metrics?.totalTokens ?? 0) });
    expect(budget).toEqual(metrics?.quotaRemaining);
    const known = new Set(['answered', 'rate_limited', 'token_budget', 'provider_unavailable', 'provider_bad_request']);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
  });
  await fc.assert(property, { seed: 20250120, numRuns: cases(300), endOnFailure: true });
});
