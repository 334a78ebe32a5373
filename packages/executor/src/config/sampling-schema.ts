import { DEFAULT_ALLOWED_MODELS, DEFAULT_ALLOWED_SYSTEM_PROMPTS, DEFAULT_MODEL } from '@code-executor/bridge-core/defaults';
import { z } from 'zod';

const rounds = z.int().min(1).max(1_000_000);
const tokens = z.int().min(1).max(1_000_000_000);
const timeoutMs = z.int().min(1).max(86_400_000);
/** What the bridge takes as the deadline of one call. */
const callTimeoutMs = z.int().min(1).max(3_600_000);

const ceilings = z
  .strictObject({
    rounds: rounds.default(100),
    tokens: tokens.default(100_000),
    timeoutMs: timeoutMs.default(600_000),
  })
  .describe('What a per-execution override may reach; beyond it a request is refused, never clamped');

/** The `sampling` section: what programs may ask of a model. */
export const samplingSchema = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether programs may ask a model without enableSampling'),
  provider: z
    .enum(['auto', 'anthropic', 'mcp', 'echo'])
    .default('auto')
    .describe('Who answers: the first that works, the Anthropic API, the MCP client, or the offline echo model'),
  defaultModel: z.string().min(1).max(128).default(DEFAULT_MODEL),
  allowedModels: z.array(z.string().min(1).max(128)).min(1).default([...DEFAULT_ALLOWED_MODELS]),
  allowedSystemPrompts: z
    .array(z.string())
    .default([...DEFAULT_ALLOWED_SYSTEM_PROMPTS])
    .describe('System prompts that a program may use, letter for letter; the empty one stands for none'),
  maxRoundsPerExecution: rounds.default(10).describe('Model calls per execution'),
  maxTokensPerExecution: tokens.default(10_000).describe('Input and output tokens per execution'),
  timeoutPerCallMs: callTimeoutMs.default(30_000).describe('Deadline of one model call, retries included, in ms'),
  contentFilteringEnabled: z.boolean().default(true).describe('Filter prompts, responses and samplingCalls'),
  contentFilterMode: z.enum(['redact', 'reject']).default('redact'),
  filterPrompts: z.enum(['secrets', 'all', 'off']).default('secrets'),
  filterToolResults: z.enum(['off', 'secrets', 'all']).default('off'),
  ceilings: ceilings.prefault({}),
  overrides: z
    .enum(['allow', 'narrow', 'deny'])
    .default('allow')
    .describe('What an execution may change: up to the ceilings, only downwards, or nothing'),
});
