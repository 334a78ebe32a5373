import type { AuditEntryInput } from '@code-executor/audit-log';
import { expect, test } from 'vitest';
import { watchRefusals } from './refusal-watch.ts';

const base = { executionId: 'one', durationMs: 1, status: 'error' as const };
const sampling = (round: number, executionId = 'one'): AuditEntryInput => ({ ...base, kind: 'sampling', executionId, round, model: 'm', prompt: '', response: '', tokensUsed: 0 });
const tool = (errorCode: string): AuditEntryInput => ({ ...base, kind: 'tool', tool: 'mcp__a__b', arguments: '', response: '', errorCode });

/** How often an execution was stopped over these entries, at three refusals; every entry must reach the log. */
async function stopsOver(entries: AuditEntryInput[]): Promise<number> {
  const logged: AuditEntryInput[] = [];
  const refusals = watchRefusals({ append: async (entry) => void logged.push(entry) }, 3);
  let stops = 0;
  refusals.watch('one', () => stops++);
  for (const entry of entries) await refusals.append(entry);
  expect(logged).toEqual(entries);
  return stops;
}

test('an execution is stopped once, at the last refusal that it is allowed', async () => {
  expect(await stopsOver([sampling(0), sampling(0)])).toBe(0);
  expect(await stopsOver([sampling(0), tool('tool_limit'), sampling(0), sampling(0), sampling(0)])).toBe(1);
});

test('calls that were made, and tools that failed, are no refusals', async () => {
  expect(await stopsOver([1, 2, 3, 4, 5].map((round) => sampling(round)))).toBe(0);
  expect(await stopsOver(Array.from({ length: 5 }, () => tool('tool_error')))).toBe(0);
});

test('refusals of another execution do not count, nor do those after the end of the watch', async () => {
  expect(await stopsOver([sampling(0, 'two'), sampling(0, 'two'), sampling(0, 'two'), sampling(0)])).toBe(0);
  const refusals = watchRefusals({ append: async () => {} }, 1);
  refusals.watch('one', () => expect.unreachable())();
  await refusals.append(sampling(0));
});
