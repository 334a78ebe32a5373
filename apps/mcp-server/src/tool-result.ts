import type { ExecutionResult } from '@code-executor/executor';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** An execution's result as a tool result; a failed program is an error that the model can read and mend. */
export function toToolResult(result: ExecutionResult): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(result) }],
    structuredContent: result as unknown as Record<string, unknown>,
    ...(!result.success && { isError: true }),
  };
}
