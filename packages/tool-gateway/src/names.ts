import { invalidConfig } from './errors.ts';
import { show } from './show.ts';

/** Every tool name begins so, as the agents that users know write it. */
export const NAME_PREFIX = 'mcp__';
const SEPARATOR = '__';
/** Longest name of a tool in the MCP specification of 2025-11-25. */
const MAX_TOOL_NAME = 128;
const MAX_SERVER_NAME = 64;
/** No spaces, controls, private or unassigned characters, and no `*`, which only patterns have. */
const PRINTABLE = /^[^\s*\p{C}]+$/u;

/** A tool's full name, taken apart. */
export interface ToolName {
  server: string;
  tool: string;
}

/** `mcp__<server>__<tool>`. */
export function toolName(server: string, tool: string): string {
  return `${NAME_PREFIX}${server}${SEPARATOR}${tool}`;
}

/**
 * Takes a full name apart; undefined where it is not one.
 *
 * The first `__` after the prefix ends the server's name: server names hold none and do not end in `_`, so there is
 * one reading only, whatever underscores the tool's own name has.
 */
export function parseToolName(name: string): ToolName | undefined {
  if (!name.startsWith(NAME_PREFIX)) return undefined;
  const end = name.indexOf(SEPARATOR, NAME_PREFIX.length);
  const server = name.slice(NAME_PREFIX.length, end);
  const tool = name.slice(end + SEPARATOR.length);
  return end > NAME_PREFIX.length && tool !== '' ? { server, tool } : undefined;
}

/**
 * Checks the key of a server.
 *
 * @throws {ToolGatewayError} `invalid_config` where the key would make tool names ambiguous or unprintable.
 */
export function checkServerName(name: string): void {
  const problem =
    name === '' || name.length > MAX_SERVER_NAME
      ? `must have 1 to ${MAX_SERVER_NAME} characters`
      : !PRINTABLE.test(name)
        ? 'must not contain spaces, control characters or "*"'
        : name.includes(SEPARATOR) || name.endsWith('_')
          ? 'must not contain "__" or end in "_", because tools are named mcp__<server>__<tool>'
          : undefined;
  if (problem !== undefined) throw invalidConfig(`mcpServers key ${show(name)}`, `${problem}; rename it`);
}

/** Whether a tool's own name can be part of a full name. */
export function isUsableToolName(tool: unknown): tool is string {
  return typeof tool === 'string' && tool.length <= MAX_TOOL_NAME && PRINTABLE.test(tool);
}
