import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProviderFailure, type Provider, type ProviderRequest } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import { sample } from '../src/pipeline/sample.ts';
import { SessionState } from '../src/session/session.ts';
import { manualClock, memoryAudit, result } from './harness.ts';
import { createLedger } from './ledger.ts';

/** Prompt tokens of every call. */
const PROMPT = 20;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** What a provider does with one call. */
interface Plan {
  maxTokens: number;
  /** Turns of the event loop before it answers. */
  turns: number;
  /** How it ends. */
  end: 'ok' | 'unreported' | 'status' | 'refused' | 'unknown' | 'reported-failure' | 'hang' | 'deaf';
  status: number;
  /** Part of the reservation that is used. */
  used: number;
  streams: boolean;
  /** Turns after which the client is gone. */
  leavesAfter: number | undefined;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  maxTokens: fc.integer({ min: 1, max: 600 }),
  turns: fc.integer({ min: 0, max: 4 }),
  end: fc.constantFrom('ok', 'ok', 'unreported', 'status', 'refused', 'unknown', 'reported-failure', 'hang', 'deaf'),
  status: fc.constantFrom(400, 401, 429, 500, 503, 529),
  used: fc.double({ min: 0, max: 1, noNaN: true }),
  streams: fc.boolean(),
  leavesAfter: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
});

/** A provider that follows plans, and an oracle of what each call must cost by the stated rules. */
function plannedProvider(plans: Plan[]): { provider: Provider; owed: () => number; handed: () => number; asked: number[] } {
  const costs: { reserved: number; cost: number | undefined }[] = [];
  const asked: number[] = [];
  async function live(request: ProviderRequest, signal: AbortSignal): Promise<ReturnType<typeof result>> {
    const mine = plans[Number(request.messages[0]?.content)];
    if (!mine) throw new Error('no such plan');
    const reserved = PROMPT + request.maxTokens;
    const entry: { reserved: number; cost: number | undefined } = { reserved, cost: undefined };
    costs.push(entry);
    asked.push(request.maxTokens);
    const inputTokens = Math.floor(reserved * mine.used);
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    stopped.catch(() => undefined);
    if (mine.end === 'deaf') return new Promise(() => undefined);
    if (mine.end === 'hang') return stopped;
    for (let i = 0; i < mine.turns; i++) await Promise.race([turn(), stopped]);
    if (mine.end === 'ok') {
      entry.cost = inputTokens;
      return result('ok', inputTokens, 0);
    }
    if (mine.end === 'unreported') return { text: 'ok', model: 'm', stopReason: 'end_turn' };
    if (mine.end === 'unknown') throw new Error('?');
    if (mine.end === 'reported-failure') {
      entry.cost = inputTokens;
      throw createProviderFailure('late', { usage: { inputTokens, outputTokens: 0 } });
    }
    if (mine.end === 'refused') {
      entry.cost = 0;
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
    }
    if (mine.status !== 500 && mine.status !== 503) entry.cost = 0;
    throw createProviderFailure('status', { status: mine.status });
  }
  const provider: Provider = {
    name: 'planned',
    complete: (request, { signal }) => live(request, signal),
    async *stream(request, { signal }) {
      const whole = await live(request, signal);
      yield { text: whole.text };
      yield { done: whole };
    },
  };
  return { provider, asked, handed: () => costs.length, owed: () => costs.reduce((sum, { cost, reserved }) => sum + (cost ?? reserved), 0) };
}

/** Runs all plans at once in one session and returns what came of it. */
async function play(plans: Plan[], limits: { rounds: number; tokens: number }, shrinks: boolean, lag: number) {
  const { provider, owed, handed, asked } = plannedProvider(plans);
  const ledger = createLedger({ shrinks, pause: async () => { for (let i = 0; i < lag; i++) await Promise.resolve(); } });
  const clock = manualClock();
  const audit = memoryAudit();
  const session = new SessionState(resolveOptions({ provider, limiter: ledger, audit, clock, estimatePromptTokens: () => PROMPT }), { executionId: 'e', limits });
  const open = new Set(plans.keys());
  const calls = plans.map(async ({ maxTokens, streams, leavesAfter }, i) => {
    const client = new AbortController();
    if (leavesAfter !== undefined) void (async () => { for (let n = 0; n < leavesAfter; n++) await turn(); client.abort(); })();
    try {
      return await sample(session, {
        read: async () => ({ messages: [{ role: 'user', content: String(i) }], maxTokens, stream: streams }),
        client: client.signal,
        sink: () => ({ open: () => undefined, write: async () => undefined }),
      });
    } catch (error) {
      return error as { code: string };
    } finally {
      open.delete(i);
    }
  });
  for (let turns = 0; open.size > 0; turns++) {
    await turn();
    // Nobody is in a hurry: only when everything that can happen has happened does time go on.
    if (turns > 30) clock.advance(10_000);
  }
  return { replies: await Promise.all(calls), ledger, session, audit, asked, owed: owed(), handed: handed(), pending: clock.pending() };
}

describe('what a call costs', () => {
  it('is exact for any providers, failures, cancellations, budgets and limiters, however many calls run at once', async () => {
    const budgets = fc.record({ rounds: fc.integer({ min: 0, max: 8 }), tokens: fc.integer({ min: 0, max: 2_000 }) });
    const rule = fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), budgets, fc.boolean(), fc.integer({ min: 0, max: 3 }), async (plans, limits, shrinks, lag) => {
      const { ledger, session, audit, owed, handed, replies, pending } = await play(plans, limits, shrinks, lag);
      expect(handed).toBeLessThanOrEqual(limits.rounds);
      expect(ledger.spent('e')).toEqual({ rounds: handed, tokens: owed });
      expect(ledger.open()).toBe(0);
      expect(ledger.peak('e')).toBeLessThanOrEqual(limits.tokens);
      expect(session.metrics()).toMatchObject({ totalRounds: handed, totalTokens: owed, quotaRemaining: { rounds: limits.rounds - handed, tokens: limits.tokens - owed } });
      expect(audit.entries).toHaveLength(plans.length);
      const rounds = audit.entries.flatMap((entry) => (entry.kind === 'sampling' && entry.round > 0 ? [entry.round] : []));
      expect(rounds.sort((a, b) => a - b)).toEqual(Array.from({ length: handed }, (_, i) => i + 1));
      expect(replies.filter((reply) => 'code' in reply && reply.code === 'internal')).toEqual([]);
      expect(pending).toBe(0);
    });
    await fc.assert(rule, { seed: 6, numRuns: 300 });
  });

  it('never makes a call fail, or shrink, that only had to wait for others', async () => {
    const rule = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 2, maxLength: 10 }), fc.boolean(), fc.integer({ min: 0, max: 5 }), async (sizes, shrinks, lag) => {
      // Room for the largest alone, and nothing is used up: everyone gets a turn and all that was asked.
      const plans = sizes.map((maxTokens, i): Plan => ({ maxTokens, turns: i % 3, end: 'ok', status: 0, used: 0, streams: false, leavesAfter: undefined }));
      const tokens = PROMPT + Math.max(...sizes);
      const { replies, asked } = await play(plans, { rounds: sizes.length, tokens }, shrinks, lag);
      expect(replies.filter((reply) => 'code' in reply)).toEqual([]);
      expect(asked.sort()).toEqual(sizes.sort());
    });
    await fc.assert(rule, { seed: 7, numRuns: 100 });
  });

  it('is nothing for a call that is cancelled before the provider has it, at whichever step', async () => {
    let cancelled = 0;
    for (let step = 0; step < 40; step++) {
      let steps = 0;
      const client = new AbortController();
      const pause = async (): Promise<void> => {
        if (steps++ === step) client.abort();
        await Promise.resolve();
      };
      const { provider, handed, owed } = plannedProvider([{ maxTokens: 50, turns: 1, end: 'ok', status: 0, used: 0.5, streams: false, leavesAfter: undefined }]);
      const ledger = createLedger({ pause });
      const session = new SessionState(resolveOptions({ provider, limiter: ledger, estimatePromptTokens: () => PROMPT }), { executionId: 'e', limits: { rounds: 3, tokens: 500 } });
      const reply = sample(session, { read: async () => ({ messages: [{ role: 'user', content: '0' }], maxTokens: 50 }), client: client.signal, sink: () => ({ open: () => undefined, write: async () => undefined }) });
      const failed = await reply.then(() => false, () => true);
      // A reservation that was granted to nobody is given back in the background.
      while (ledger.open() > 0) await turn();
      expect(ledger.spent('e')).toEqual({ rounds: handed(), tokens: owed() });
      if (failed && handed() === 0) cancelled++;
    }
    expect(cancelled).toBeGreaterThan(2);
  });
});
