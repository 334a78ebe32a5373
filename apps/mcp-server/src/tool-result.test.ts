import type { ExecutionResult } from '@code-executor/executor';
import { expect, it } from 'vitest';
import { toToolResult } from './tool-result.ts';

const result: ExecutionResult = {
  success: true,
  executionId: 'exec-1',
  output: 'hello\n',
  result: { a: 1 },
  executionTimeMs: 1,
  startupMs: 1,
  isolation: 'process',
  toolCalls: [],
};

const textOf = (given: ExecutionResult): string => (toToolResult(given).content[0] as { text: string }).text;

it('gives the same as structure and as text', () => {
  expect(toToolResult(result).structuredContent).toEqual(result);
  expect(JSON.parse(textOf(result))).toEqual(result);
});

it('marks a failed program as an error', () => {
  expect(toToolResult(result).isError).toBeUndefined();
  expect(toToolResult({ ...result, success: false }).isError).toBe(true);
});

it('keeps the text of a large result small, and says so', () => {
  const large = { ...result, output: '\u001e'.repeat(1_000_000) };
  expect(textOf(large).length).toBeLessThan(400_000);
  expect(JSON.parse(textOf(large))).toMatchObject({ executionId: 'exec-1', output: expect.stringContaining('structuredContent') as string });
  expect(toToolResult(large).structuredContent).toEqual(large);
});
