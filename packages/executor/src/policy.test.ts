import { expect, test } from 'vitest';
import { configSchema, type ConfigInput } from './config/schema.ts';
import type { ExecutionRequest } from './input.ts';
import { PolicyRefusal, settlePolicy, type Policy } from './policy.ts';

const program: ExecutionRequest = { language: 'typescript', code: 'console.log(1)' };
const settle = (request: Partial<ExecutionRequest>, config: ConfigInput = {}): Policy => settlePolicy({ ...program, ...request }, configSchema.parse(config));

/** What a request is refused with. */
function refusal(request: object, config: ConfigInput = {}): string {
  let refused: unknown;
  try {
    settle(request as Partial<ExecutionRequest>, config);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(PolicyRefusal);
  const { code, message } = refused as PolicyRefusal;
  expect([code, message.slice(0, 17)]).toEqual(['invalid_request', 'Invalid request: ']);
  return message.slice(17);
}

test('an execution that asks for nothing gets what the configuration says', () => {
  expect(settle({})).toEqual({
    language: 'typescript', code: 'console.log(1)', sampling: false, rounds: 10, tokens: 10_000, samplingTimeoutMs: 30_000, timeoutMs: 60_000, maxToolCalls: 1_000, allowedTools: [],
  });
});

test('values of the execution win over the configuration', () => {
  const own = { enableSampling: true, maxSamplingRounds: 50, maxSamplingTokens: 100_000, samplingTimeoutMs: 15_000, timeoutMs: 5_000, maxToolCalls: 3, allowedTools: ['mcp__a__*'] };
  expect(settle(own)).toMatchObject({ sampling: true, rounds: 50, tokens: 100_000, samplingTimeoutMs: 15_000, timeoutMs: 5_000, maxToolCalls: 3, allowedTools: ['mcp__a__*'] });
  expect(settle({ enableSampling: false }, { sampling: { enabled: true } }).sampling).toBe(false);
});

test.each<[keyof ExecutionRequest, keyof Policy, number, string]>([
  ['maxSamplingRounds', 'rounds', 100, 'sampling.ceilings.rounds'],
  ['maxSamplingTokens', 'tokens', 100_000, 'sampling.ceilings.tokens'],
  ['samplingTimeoutMs', 'samplingTimeoutMs', 600_000, 'sampling.ceilings.timeoutMs'],
  ['timeoutMs', 'timeoutMs', 600_000, 'sampling.ceilings.timeoutMs'],
  ['maxToolCalls', 'maxToolCalls', 1_000, 'tools.maxCallsPerExecution'],
])('%s is taken at its ceiling and refused one past it, never clamped', (name, settled, ceiling, key) => {
  expect(settle({ [name]: ceiling })[settled]).toBe(ceiling);
  const message = refusal({ [name]: ceiling + 1 });
  expect(message).toContain(`${name} ${ceiling + 1} is beyond`);
  expect(message).toContain(`${ceiling}`);
  expect(message).toContain(key);
});

test('what the operator configured is within reach even above the ceiling, and nothing more', () => {
  const config = { sampling: { maxRoundsPerExecution: 500 } };
  expect(settle({}, config).rounds).toBe(500);
  expect(settle({ maxSamplingRounds: 500 }, config).rounds).toBe(500);
  expect(refusal({ maxSamplingRounds: 501 }, config)).toContain('ceiling of 500');
});

const limits = { enabled: true, maxRoundsPerExecution: 10, maxTokensPerExecution: 1_000, timeoutPerCallMs: 5_000 };

test('overrides "narrow" lets an execution lower and not raise, and not enable', () => {
  const sampling = { ...limits, overrides: 'narrow' as const };
  expect(settle({ enableSampling: false, maxSamplingRounds: 1, maxSamplingTokens: 1_000, samplingTimeoutMs: 1 }, { sampling })).toMatchObject({ sampling: false, rounds: 1, tokens: 1_000, samplingTimeoutMs: 1 });
  for (const more of [{ maxSamplingRounds: 11 }, { maxSamplingTokens: 1_001 }, { samplingTimeoutMs: 5_001 }]) {
    expect(refusal(more, { sampling })).toBe(`${Object.keys(more)[0]} may not be raised per execution (sampling.overrides is "narrow")`);
  }
  expect(refusal({ enableSampling: true }, { sampling: { ...sampling, enabled: false } })).toContain('enableSampling may not be raised');
});

test('overrides "deny" takes the configured values alone', () => {
  const sampling = { ...limits, overrides: 'deny' as const };
  expect(settle({ enableSampling: true, maxSamplingRounds: 10, maxSamplingTokens: 1_000 }, { sampling })).toMatchObject({ sampling: true, rounds: 10 });
  for (const other of [{ enableSampling: false }, { maxSamplingRounds: 9 }, { maxSamplingTokens: 999 }, { samplingTimeoutMs: 1 }]) {
    expect(refusal(other, { sampling })).toBe(`${Object.keys(other)[0]} may not be changed per execution (sampling.overrides is "deny")`);
  }
});

test('a cost limit is refused rather than ignored', () => {
  expect(refusal({ maxSamplingCostUsd: 0.5 })).toContain('maxSamplingCostUsd cannot be kept');
});

test.each<[object, string]>([
  [{ language: 'ruby' }, 'language must be typescript or python, got "ruby"'],
  [{ language: undefined }, 'language must be typescript or python, got nothing'],
  [{ language: { toString: null } }, 'language must be typescript or python, got another value'],
  [{ code: '' }, 'code: Too small: expected string to have >=1 characters, got ""'],
  [{ code: 5 }, 'code: Invalid input: expected string, received number, got 5'],
  [{ code: 'x'.repeat(1_000_001) }, 'code: Too big: expected string to have <=1000000 characters'],
  [{ timeout: 5 }, 'input: Unrecognized key: "timeout"'],
  [{ timeoutMs: 0 }, 'timeoutMs: Too small: expected number to be >=1, got 0'],
  [{ timeoutMs: '5' }, 'timeoutMs: Invalid input: expected number, received string, got "5"'],
  [{ maxSamplingRounds: 1.5 }, 'maxSamplingRounds: Invalid input: expected int, received number, got 1.5'],
  [{ samplingTimeoutMs: 3_600_001 }, 'samplingTimeoutMs: Too big: expected number to be <=3600000, got 3600001'],
  [{ allowedTools: 'mcp__a__b' }, 'allowedTools: Invalid input: expected array, received string, got "mcp__a__b"'],
  [{ allowedTools: [5] }, 'allowedTools.0: Invalid input: expected string, received number, got 5'],
  [{ enableSampling: 'yes' }, 'enableSampling: Invalid input: expected boolean, received string, got "yes"'],
])('the input %o is refused with its place, its value and what is expected', (input, message) => {
  expect(refusal(input)).toBe(message);
});

test.each([null, undefined, 'code', 5])('%o in place of a request is refused like any malformed one', (request) => {
  expect(() => settlePolicy(request as unknown as ExecutionRequest, configSchema.parse({}))).toThrow('Invalid request: an execution is an object with language and code');
});
