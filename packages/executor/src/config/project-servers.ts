import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ExecutorError } from '../errors.ts';
import { describeIssue } from './issue.ts';
import { configSchema, type ServerEntry } from './schema.ts';

/**
 * Reads the `mcpServers` of a file in the shape that Claude and Cursor use (`.mcp.json`).
 *
 * @param optional whether a missing file means no servers
 * @throws {ExecutorError} `config`, naming the file and the cause
 */
export function readServersFile(file: string, optional = false): Record<string, ServerEntry> {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && optional) return {};
    throw new ExecutorError('config', `${file}: ${code ? `cannot be read (${code})` : 'not valid JSON'}`);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new ExecutorError('config', `${file}: must hold an object with the key mcpServers`);
  }
  const { mcpServers: servers = {} } = document as { mcpServers?: unknown };
  const parsed = configSchema.shape.mcpServers.safeParse(servers);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  throw new ExecutorError('config', `${file}: ${['mcpServers', ...issue.path].join('.')}: ${describeIssue(issue, servers)}`);
}
