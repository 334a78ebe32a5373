import type { z } from 'zod';
import { ExecutorError } from '../errors.ts';
import { describeIssue } from './issue.ts';
import { readJsonFile } from './json-file.ts';
import { configSchema, type ServerEntry } from './schema.ts';

const serversSchema = configSchema.pick({ mcpServers: true });

/**
 * Reads the `mcpServers` of a file in the shape that Claude and Cursor use (`.mcp.json`): a regular file of at most
 * 1 MiB, nested at most 64 levels deep.
 *
 * @param optional whether a missing file means no servers
 * @throws {ExecutorError} `config`, naming the file and the cause
 */
export function readServersFile(file: string, optional = false): Record<string, ServerEntry> {
  const document = readJsonFile(file, optional);
  if (document === undefined) return {};
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new ExecutorError('config', `${file}: must hold an object with the key mcpServers`);
  }
  const { mcpServers = {} } = document as { mcpServers?: unknown };
  const parsed = serversSchema.safeParse({ mcpServers });
  if (parsed.success) return parsed.data.mcpServers;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new ExecutorError('config', `${file}: ${issue.path.join('.')}: ${describeIssue(issue, { mcpServers })}`);
}
