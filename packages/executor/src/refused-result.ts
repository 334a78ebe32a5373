import type { Policy } from './policy.ts';
import type { ExecutionResult } from './result.ts';

/** The result of an execution that never reached its sandbox. */
export function refusedResult(
  executionId: string,
  error: NonNullable<ExecutionResult['error']>,
  policy?: Policy,
): ExecutionResult {
  return {
    success: false,
    executionId,
    output: '',
    executionTimeMs: 0,
    startupMs: 0,
    isolation: 'process',
    error,
    toolCalls: [],
    ...(policy?.sampling && {
      samplingCalls: [],
      samplingMetrics: {
        totalRounds: 0,
        totalTokens: 0,
        totalDurationMs: 0,
        averageTokensPerRound: 0,
        quotaRemaining: { rounds: policy.rounds, tokens: policy.tokens },
      },
    }),
  };
}
