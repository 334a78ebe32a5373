import { z } from 'zod';

const count = z.int().min(1).max(1_000_000_000);
const milliseconds = z.int().min(1).max(86_400_000);

/** What one execution takes; the MCP tools' input schema and the library's argument are this one. */
export const executionInputSchema = z.strictObject({
  code: z.string().min(1).max(1_000_000).describe('The program'),
  enableSampling: z.boolean().optional().describe('Let the program ask a model through llm'),
  allowedTools: z
    .array(z.string().min(1).max(256))
    .max(1_000)
    .optional()
    .describe('Tools the program may call: mcp__server__tool, a prefix ending in *, or *. Default: none'),
  timeoutMs: milliseconds.optional().describe('Wall-clock limit in ms, default 60000'),
  maxSamplingRounds: count.optional().describe('Model calls, default 10'),
  maxSamplingTokens: count.optional().describe('Tokens over all model calls, default 10000'),
  maxSamplingCostUsd: z.number().positive().max(1_000_000).optional().describe('US dollars over all model calls'),
  samplingTimeoutMs: z.int().min(1).max(3_600_000).optional().describe('Deadline of one model call in ms, default 30000'),
  maxToolCalls: count.optional().describe('Tool calls, default 1000'),
});

/** One execution's input, without its language. */
export type ExecutionInput = z.output<typeof executionInputSchema>;

/** The languages that programs may be written in. */
export const LANGUAGES = ['typescript', 'python'] as const;

/** A language that programs may be written in. */
export type Language = (typeof LANGUAGES)[number];

/** One execution as the library takes it. */
export interface ExecutionRequest extends ExecutionInput {
  language: Language;
}
