import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameTooLong, outcomeOfExit, outcomeOfFrame, type Outcome } from './outcome.ts';

const limits = { resultBytes: 100, resultDepth: 4 };
const parse = (frame: unknown): Outcome => outcomeOfFrame(JSON.stringify(frame), limits);

describe('a closing frame', () => {
  test('whatever it holds, never throws and gives an outcome of the right shape', () => {
    const field = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.object({ maxDepth: 3 }));
    const frames = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ ok: fc.oneof(fc.boolean(), field), result: field, warning: field, error: fc.oneof(field, fc.record({ message: field, kind: field, code: field, stack: field, quotaRemaining: fc.oneof(field, fc.record({ rounds: field, tokens: field, usd: field })) }, { requiredKeys: [] })) }, { requiredKeys: [] })
        .map((frame) => JSON.stringify(frame)),
    );
    fc.assert(
      fc.property(frames, (json) => {
        const { error, warnings } = outcomeOfFrame(json, limits);
        expect(['none', 'exception', 'policy', 'memory', 'output', 'crash']).toContain(error?.kind ?? 'none');
        expect(error?.message ?? '').toBeTypeOf('string');
        for (const text of [error?.code, error?.stack]) expect(text ?? '').toBeTypeOf('string');
        for (const amount of Object.values(error?.quotaRemaining ?? {})) expect(amount).toBeGreaterThanOrEqual(0);
        for (const warning of warnings ?? []) expect(warning.code).toBe('result_not_json');
      }),
      { seed: 3, numRuns: 1_000 },
    );
  });

  test('of success brings its result', () => {
    expect(parse({ ok: true })).toEqual({});
    expect(parse({ ok: true, result: 'null' })).toEqual({ result: null });
    expect(parse({ ok: true, result: '"x"', warning: 'w' })).toEqual({ result: 'x', warnings: [{ code: 'result_not_json', message: 'w' }] });
  });

  test('may bring a result up to its limits', () => {
    expect(parse({ ok: true, result: `"${'x'.repeat(98)}"` })).toHaveProperty('result');
    expect(parse({ ok: true, result: `"${'x'.repeat(99)}"` })).toMatchObject({ error: { kind: 'output' } });
    expect(parse({ ok: true, result: `"${'€'.repeat(33)}"` })).toMatchObject({ error: { kind: 'output' } });
    expect(parse({ ok: true, result: '[[[[]]]]' })).toHaveProperty('result');
    expect(parse({ ok: true, result: '[[[[[]]]]]' })).toMatchObject({ error: { kind: 'output' } });
    expect(parse({ ok: true, result: '{' })).toMatchObject({ error: { kind: 'output', message: 'The result is no JSON text' } });
    expect(frameTooLong(limits)).toMatchObject({ error: { kind: 'output', message: expect.stringContaining('at most 100 bytes') as string } });
  });

  test('of failure is cut to size and bounded in its quota', () => {
    const { error } = parse({ ok: false, error: { message: 'm'.repeat(9_000), stack: 's'.repeat(20_000), code: 'c'.repeat(100), kind: 'timeout' } });
    expect(error).toMatchObject({ kind: 'exception', message: `${'m'.repeat(8_192)} […]`, code: `${'c'.repeat(64)} […]` });
    expect(error?.stack?.length).toBe(16_384 + 4);
    const quota = (json: string): unknown => outcomeOfFrame(`{"ok":false,"error":{"message":"m","quotaRemaining":${json}}}`, limits).error?.quotaRemaining;
    expect(quota('{"rounds":1,"tokens":2,"usd":0.5,"more":1}')).toEqual({ rounds: 1, tokens: 2, usd: 0.5 });
    expect(quota('{"rounds":1e999,"tokens":2}')).toBeUndefined();
    expect(quota('{"rounds":1,"tokens":-2}')).toBeUndefined();
  });

  test('tells running out of memory from other errors', () => {
    const kind = (message: string): string | undefined => parse({ ok: false, error: { message } }).error?.kind;
    expect(kind('RangeError: Array buffer allocation failed')).toBe('memory');
    expect(kind('RangeError: WebAssembly.Memory(): could not allocate memory')).toBe('memory');
    expect(kind('MemoryError')).toBe('memory');
    expect(kind('MemoryErrorOfMine')).toBe('exception');
    expect(kind('RangeError: Maximum call stack size exceeded')).toBe('exception');
  });
});

describe('an exit without a frame', () => {
  const exit = (code: number | null, signal: NodeJS.Signals | null, stderr = '', stderrFlooded = false): Outcome =>
    outcomeOfExit({ code, signal, stderr, stderrFlooded }, 512);

  test.for([
    [exit(0, null, 'out of memory'), undefined, undefined],
    [exit(7, null), 'exception', 'Program exited with code 7'],
    [exit(1, null, 'out of memory'), 'exception', 'Program exited with code 1'],
    [exit(null, 'SIGTRAP', '# Fatal JavaScript out of memory'), 'memory', 'Memory limit exceeded: 512 MB'],
    [exit(null, 'SIGABRT', 'memory allocation of 65536 bytes failed'), 'memory', 'Memory limit exceeded: 512 MB'],
    [exit(null, 'SIGSEGV'), 'crash', 'The sandbox was ended by SIGSEGV'],
    [exit(101, null, 'panicked'), 'crash', 'The sandbox crashed'],
    [exit(null, null), 'crash', 'The sandbox crashed'],
    [exit(null, 'SIGKILL', '', true), 'output', 'Output limit exceeded: too much written to the raw error stream'],
  ] as [Outcome, string | undefined, string | undefined][])('%j', ([{ error }, kind, message]) => {
    expect([error?.kind, error?.message]).toEqual([kind, message]);
  });
});
