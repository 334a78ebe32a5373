import { z } from 'zod';
import { samplingSchema } from './sampling-schema.ts';

const pattern = z.string().regex(/^(\*|mcp__[^*]*\*|mcp__[^*]+)$/, 'must be *, mcp__server__tool, or end in *');

/** One host, after however many slashes URL parsers forgive, and a path: no `@` before it, no `?` or `#` after it. */
const ADDRESS = /^[Hh][Tt][Tt][Pp][Ss]?:[/\\]*[^/\\?#@\s]+(?:[/\\][^?#]*)?$/;

/** One downstream MCP server, as Claude and Cursor write it; their further keys are left alone. */
const serverSchema = z
  .looseObject({
    type: z.enum(['stdio', 'http', 'streamable-http', 'streamableHttp']).optional(),
    command: z.string().min(1).optional().describe('A program that speaks MCP on its standard streams'),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional().describe('${VAR} is expanded; nothing else is passed on'),
    cwd: z.string().optional(),
    url: z.string().min(1).optional().describe('The address of a Streamable HTTP server'),
    headers: z.record(z.string(), z.string()).optional(),
    disabled: z.boolean().optional(),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), 'needs either command or url')
  .meta({ oneOf: [{ required: ['command'] }, { required: ['url'] }] });

const toolsSchema = z.strictObject({
  allow: z.array(pattern).default(['*']).describe('Tools that an execution may ask for in allowedTools'),
  deny: z.array(pattern).default([]).describe('Tools that no execution gets; wins over allow'),
  maxCallsPerExecution: z.int().min(1).max(1_000_000).default(1_000),
  callTimeoutMs: z.int().min(1).max(86_400_000).default(30_000),
});

const runtimeSchema = z.strictObject({
  typescriptMemoryMb: z.int().min(64).max(65_536).default(512),
  pythonMemoryMb: z.int().min(256).max(65_536).default(1_024),
  defaultTimeoutMs: z.int().min(1).max(86_400_000).default(60_000),
  maxParallelExecutions: z.int().min(1).max(1_000).default(16).describe('Further executions wait their turn'),
  cacheDir: z.string().regex(/^[^,]+$/, 'must be a path without a comma').optional().describe('Where the Python snapshot is kept; default ~/.cache/code-executor'),
});

const auditSchema = z.strictObject({
  path: z.string().min(1).optional().describe('Default ~/.code-executor/audit-log.jsonl'),
  hash: z.enum(['hmac-sha256', 'sha256']).default('hmac-sha256'),
  durability: z.enum(['os', 'disk']).default('os'),
});

/** The whole configuration. This one schema is the type, the check and the published JSON Schema. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  anthropicApiKey: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks')
    .optional()
    .describe('ANTHROPIC_API_KEY wins over it'),
  anthropicBaseUrl: z
    .url({ protocol: /^https?$/ })
    .regex(ADDRESS, 'must be an http or https address without user, password, query and fragment')
    // The pattern takes the place of the format, which editors and our reference go by.
    .meta({ format: 'uri' })
    .optional()
    .describe('ANTHROPIC_BASE_URL wins over it'),
  sampling: samplingSchema.prefault({}),
  tools: toolsSchema.prefault({}),
  mcpServers: z.record(z.string().min(1), serverSchema).default({}),
  projectServers: z
    .boolean()
    .default(false)
    .describe('Also start the servers of .mcp.json in the working directory, which somebody else may have written'),
  runtime: runtimeSchema.prefault({}),
  audit: auditSchema.prefault({}),
});

/** What a user writes: everything is optional. */
export type ConfigInput = z.input<typeof configSchema>;

/** The configuration with every default filled in. */
export type Config = z.output<typeof configSchema>;

/** A downstream server's entry. */
export type ServerEntry = Config['mcpServers'][string];

/** The published JSON Schema of the configuration file. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>;
}
