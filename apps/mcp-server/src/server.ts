import { randomUUID } from 'node:crypto';
import {
  executionInputSchema,
  executionResultSchema,
  refusedResult,
  type ExecutionResult,
  type Executor,
  type Language,
} from '@code-executor/executor';
import { McpServer } from '@modelcontextprotocol/server';
import { compactSchema } from './compact-schema.ts';
import { describeTool, TITLES } from './descriptions.ts';
import { healthResultSchema, reportHealth } from './health.ts';
import { toToolResult } from './tool-result.ts';
import { VERSION } from './version.ts';

/** What the server stands on. */
export interface ServerOptions {
  executor: Executor;
}

const TOOL_NAMES: Readonly<Record<Language, string>> = {
  typescript: 'executeTypescript',
  python: 'executePython',
};

/** Builds one MCP server: a tool per language, and `health`. */
export function buildServer({ executor }: ServerOptions): McpServer {
  const server = new McpServer({ name: 'code-executor', version: VERSION }, { capabilities: { tools: {} } });

  for (const [language, name] of Object.entries(TOOL_NAMES) as [Language, string][]) {
    server.registerTool(
      name,
      {
        title: TITLES[language],
        description: describeTool(language),
        // The executor checks the input itself and answers with a result that says what is wrong.
        inputSchema: compactSchema(executionInputSchema, 'input', true),
        outputSchema: compactSchema(executionResultSchema, 'output'),
        // The program is unknown: it may change things through the tools that the caller allows it.
        annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      },
      async (input, { mcpReq }) => {
        // The tool is the language: a key of that name would be taken for it.
        const foreign = 'language' in (input ?? {});
        return toToolResult(foreign ? languageRefused() : await executor.run({ ...input, language }, { signal: mcpReq.signal }));
      },
    );
  }

  server.registerTool(
    'health',
    {
      title: 'Health of the code executor',
      description: 'Says whether programs can run here, in which isolation, and who answers llm calls.',
      outputSchema: compactSchema(healthResultSchema, 'output'),
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    },
    async () => reportHealth(executor),
  );
  return server;
}

function languageRefused(): ExecutionResult {
  const message = 'Invalid request: Unrecognized key: "language"';
  return refusedResult(`exec-${randomUUID()}`, { kind: 'policy', code: 'invalid_request', message });
}
