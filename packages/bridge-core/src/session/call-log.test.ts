import { describe, expect, it } from 'vitest';
import type { SamplingCall } from '../types.ts';
import { CallLog, LOG_BOUNDS } from './call-log.ts';

const call = (response = 'ok', tokensUsed = 2): SamplingCall => ({ model: 'm', messages: [], response, durationMs: 3, tokensUsed, timestamp: '2026-11-01T00:00:00.000Z' });

describe('CallLog', () => {
  it('sums every call and counts as rounds those that took one', () => {
    const log = new CallLog();
    log.add(call(), true);
    log.add(call('', 0), false);
    expect(log.totals()).toEqual({ rounds: 1, tokens: 2, durationMs: 6 });
    expect(log.calls).toHaveLength(2);
  });

  it('keeps a bounded list, counts on and says so, however many calls are refused', () => {
    const log = new CallLog();
    for (let i = 0; i < 5_000; i++) log.add(call('', 0), false);
    expect(log.calls).toHaveLength(LOG_BOUNDS.refusals);
    expect(log.keepsRefusals()).toBe(false);
    log.add(call(), true);
    expect(log.calls).toHaveLength(LOG_BOUNDS.refusals + 1);
    expect(log.totals()).toEqual({ rounds: 1, tokens: 2, durationMs: 15_003 });
    expect(log.warnings.map(({ code }) => code)).toEqual(['calls_truncated']);
  });

  it('keeps a bounded number of characters', () => {
    const log = new CallLog();
    for (let i = 0; i < 20; i++) log.add(call('x'.repeat(100_000)), true);
    expect(log.calls).toHaveLength(20);
    expect(log.calls.reduce((sum, { response }) => sum + response.length, 0)).toBeLessThanOrEqual(LOG_BOUNDS.characters);
  });

  it('sums tools by name, and names beyond its bound together', () => {
    const log = new CallLog();
    for (let i = 0; i < 1_000; i++) log.addTool(`t${i}`, 1, i % 2 === 0);
    log.addTool('t0', 1, false);
    expect(log.tools()).toHaveLength(LOG_BOUNDS.tools + 1);
    expect(log.tools()[0]).toEqual({ tool: 't0', calls: 2, errors: 1, totalDurationMs: 2 });
    expect(log.tools().reduce((sum, { calls }) => sum + calls, 0)).toBe(1_001);
  });
});
