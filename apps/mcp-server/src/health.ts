import type { Executor } from '@code-executor/executor';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { VERSION } from './version.ts';

/** What `health` answers. */
export const healthResultSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  version: z.string(),
  isolation: z.enum(['os', 'process']),
  provider: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['ok', 'warning', 'error']),
      detail: z.string(),
      cure: z.string().optional(),
    }),
  ),
});

/** Looks at what executions need and says it. */
export async function reportHealth(executor: Executor): Promise<CallToolResult> {
  const { ready, ...report } = await executor.report();
  const health = { status: ready ? 'ok' : 'unavailable', version: VERSION, ...report };
  return {
    content: [{ type: 'text', text: JSON.stringify(health) }],
    structuredContent: health,
    ...(!ready && { isError: true }),
  };
}
