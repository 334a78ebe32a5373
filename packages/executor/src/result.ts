import { z } from 'zod';

const quota = z.object({ rounds: z.number(), tokens: z.number(), usd: z.number().optional() });
const notice = z.object({ code: z.string(), message: z.string() });

const samplingCall = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  response: z.string(),
  durationMs: z.number(),
  tokensUsed: z.number(),
  timestamp: z.string(),
  error: notice.optional(),
});

const samplingMetrics = z.object({
  totalRounds: z.number(),
  totalTokens: z.number(),
  totalDurationMs: z.number(),
  averageTokensPerRound: z.number(),
  costUsd: z.number().optional(),
  quotaRemaining: quota,
});

/** What every execution ends in, however it ends; the MCP tools' output schema is this one. */
export const executionResultSchema = z.object({
  success: z.boolean(),
  executionId: z.string(),
  /** What the program printed. */
  output: z.string(),
  /** Default export (TypeScript) or last expression (Python). */
  result: z.unknown().optional(),
  executionTimeMs: z.number(),
  startupMs: z.number(),
  isolation: z.enum(['os', 'process']),
  error: z
    .object({
      kind: z.enum(['exception', 'timeout', 'memory', 'output', 'cancelled', 'crash', 'policy', 'unavailable']),
      message: z.string(),
      code: z.string().optional(),
      quotaRemaining: quota.optional(),
      stack: z.string().optional(),
    })
    .optional(),
  warnings: z.array(notice).optional(),
  toolCalls: z.array(
    z.object({ tool: z.string(), calls: z.number(), errors: z.number(), totalDurationMs: z.number() }),
  ),
  samplingCalls: z.array(samplingCall).optional(),
  samplingMetrics: samplingMetrics.optional(),
});

/** What an execution ended in. */
export type ExecutionResult = z.output<typeof executionResultSchema>;
