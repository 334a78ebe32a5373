import { expect, test } from 'vitest';
import { executeCode } from './execute-code.ts';
import { createExecutor } from './executor.ts';
import type { ExecutionRequest } from './input.ts';

const program: ExecutionRequest = { language: 'typescript', code: '1' };
const surroundings = { env: { HOME: '/nonexistent' } };

test.each<[unknown, string]>([
  [null, 'the options of a run are an object, got null'],
  ['now', 'the options of a run are an object, got string'],
  [{ signal: null }, 'signal must be an AbortSignal, got null'],
  [{ signal: 5 }, 'signal must be an AbortSignal, got number'],
  [{ signal: { aborted: false } }, 'signal must be an AbortSignal, got object'],
  [{ signal: new AbortController() }, 'signal must be an AbortSignal, got object'],
])('a run with the options %j is a result that says so, not a rejection', async (options, message) => {
  const executor = await createExecutor({}, surroundings);
  const result = await executor.run(program, options as object);
  await executor.close();
  expect(result).toMatchObject({ success: false, error: { kind: 'policy', code: 'invalid_request', message: `Invalid request: ${message}` } });
});

test('executeCode with a signal that is none, or with nothing, is a result too', async () => {
  const withSignal = { ...program, signal: 'soon' as unknown as AbortSignal };
  const nothing = null as unknown as ExecutionRequest;
  for (const request of [withSignal, nothing]) {
    expect((await executeCode(request, surroundings)).error).toMatchObject({ kind: 'policy', code: 'invalid_request' });
  }
});
