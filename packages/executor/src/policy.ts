import type { z } from 'zod';
import { describeIssue, showValue } from './config/issue.ts';
import type { Config } from './config/schema.ts';
import { executionInputSchema, LANGUAGES, type ExecutionRequest, type Language } from './input.ts';

/** What one execution may do, settled before it starts. */
export interface Policy {
  language: Language;
  code: string;
  sampling: boolean;
  rounds: number;
  tokens: number;
  samplingTimeoutMs: number;
  timeoutMs: number;
  maxToolCalls: number;
  allowedTools: string[];
}

/** A request that the policy refuses; becomes the result's error, never an exception of the executor. */
export class PolicyRefusal extends Error {
  override readonly name = 'PolicyRefusal';
  /** Stable, as the wire has it. */
  readonly code = 'invalid_request';
}

/**
 * Settles what an execution may do: its own values where configuration allows them, the configuration's otherwise.
 *
 * @throws {PolicyRefusal} for malformed input, a value beyond its ceiling, or one against `sampling.overrides`
 */
export function settlePolicy(request: ExecutionRequest, config: Config): Policy {
  if (typeof request !== 'object' || request === null) throw refusal('an execution is an object with language and code');
  const { language, ...rest } = request;
  if (!LANGUAGES.includes(language)) {
    const shown = showValue(language) ?? (language === undefined ? 'nothing' : 'another value');
    throw refusal(`language must be ${LANGUAGES.join(' or ')}, got ${shown}`);
  }
  const parsed = executionInputSchema.safeParse(rest);
  if (!parsed.success) {
    const issue = parsed.error.issues[0] as z.core.$ZodIssue;
    throw refusal(`${issue.path.join('.') || 'input'}: ${describeIssue(issue, rest)}`);
  }
  const input = parsed.data;
  const { sampling, tools, runtime } = config;
  const { ceilings } = sampling;

  if (input.maxSamplingCostUsd !== undefined) {
    throw refusal('maxSamplingCostUsd cannot be kept yet: this version has no prices. Use maxSamplingTokens');
  }
  const enabled = input.enableSampling ?? sampling.enabled;
  assertOverrides(sampling, [
    ['enableSampling', Number(enabled), Number(sampling.enabled)],
    ['maxSamplingRounds', input.maxSamplingRounds, sampling.maxRoundsPerExecution],
    ['maxSamplingTokens', input.maxSamplingTokens, sampling.maxTokensPerExecution],
    ['samplingTimeoutMs', input.samplingTimeoutMs, sampling.timeoutPerCallMs],
  ]);

  return {
    language,
    code: input.code,
    sampling: enabled,
    rounds: within('maxSamplingRounds', input.maxSamplingRounds, sampling.maxRoundsPerExecution, ceilings.rounds, 'rounds'),
    tokens: within('maxSamplingTokens', input.maxSamplingTokens, sampling.maxTokensPerExecution, ceilings.tokens, 'tokens'),
    samplingTimeoutMs: within(
      'samplingTimeoutMs',
      input.samplingTimeoutMs,
      sampling.timeoutPerCallMs,
      ceilings.timeoutMs,
      'timeoutMs',
    ),
    timeoutMs: within('timeoutMs', input.timeoutMs, runtime.defaultTimeoutMs, ceilings.timeoutMs, 'timeoutMs'),
    maxToolCalls: toolCalls(input.maxToolCalls, tools.maxCallsPerExecution),
    allowedTools: input.allowedTools ?? [],
  };
}

/** The execution's value, else the configured one. What the operator configured is always within reach. */
function within(name: string, given: number | undefined, configured: number, ceiling: number, key: string): number {
  if (given === undefined) return configured;
  const most = Math.max(ceiling, configured);
  if (given <= most) return given;
  throw refusal(`${name} ${given} is beyond the ceiling of ${most} (sampling.ceilings.${key})`);
}

function toolCalls(given: number | undefined, configured: number): number {
  if (given === undefined || given <= configured) return given ?? configured;
  throw refusal(`maxToolCalls ${given} is beyond ${configured} (tools.maxCallsPerExecution)`);
}

function assertOverrides(
  { overrides }: Config['sampling'],
  values: readonly (readonly [name: string, given: number | undefined, configured: number])[],
): void {
  if (overrides === 'allow') return;
  for (const [name, given, configured] of values) {
    if (given === undefined || given === configured || (overrides === 'narrow' && given < configured)) continue;
    throw refusal(`${name} may not be ${overrides === 'deny' ? 'changed' : 'raised'} per execution (sampling.overrides is "${overrides}")`);
  }
}

function refusal(message: string): PolicyRefusal {
  return new PolicyRefusal(`Invalid request: ${message}`);
}
