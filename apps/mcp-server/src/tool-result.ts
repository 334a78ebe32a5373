import type { ExecutionResult } from '@code-executor/executor';
import type { CallToolResult } from '@modelcontextprotocol/server';

/** Characters of JSON up to which a result is also given as text, for clients that read no structured content. */
const TEXT_CHARACTERS = 400_000;

/** Characters of output in the text of a longer result. */
const OUTPUT_CHARACTERS = 50_000;

/** An execution's result as a tool result; a failed program is an error that the model can read and mend. */
export function toToolResult(result: ExecutionResult): CallToolResult {
  return {
    content: [{ type: 'text', text: textOf(result) }],
    structuredContent: result as unknown as Record<string, unknown>,
    ...(!result.success && { isError: true }),
  };
}

/** The result as JSON; a long one without what only fills the line twice: the rest stands in the structured content. */
function textOf(result: ExecutionResult): string {
  const json = JSON.stringify(result);
  if (json.length <= TEXT_CHARACTERS) return json;
  const { result: _, samplingCalls: __, ...rest } = result;
  const output = `${result.output.slice(0, OUTPUT_CHARACTERS)}\n[shortened: the whole is in structuredContent]\n`;
  return JSON.stringify({ ...rest, output });
}
