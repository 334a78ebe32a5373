import type { ArgumentCheck } from './argument-check.ts';
import type { Tool } from './catalog.ts';
import { type Deadline, withDeadline } from './deadline.ts';
import { ToolGatewayError } from './errors.ts';
import { toolFailed } from './failure.ts';
import { inspect } from './inspect.ts';
import { parseToolName } from './names.ts';
import type { Permission } from './permission.ts';
import { unwrapResult } from './result.ts';
import { rank } from './search.ts';
import type { Server } from './server.ts';
import { isRecord, kind, oneLine } from './show.ts';
import type { ToolDescription, ToolScope } from './types.ts';

/** What the scopes of one gateway share. */
export interface ScopeContext {
  servers: ReadonlyMap<string, Server>;
  /** The check of a tool's arguments, compiled once. @throws where the schema cannot be used. */
  checkOf: (tool: Tool) => Promise<ArgumentCheck>;
  /** Aborts when the gateway closes. */
  closing: AbortSignal;
  callTimeoutMs: number;
  maxResultChars: number;
}

/** Deepest nesting of arguments and results: far above real ones, far below what overflows a stack. */
const MAX_DEPTH = 200;

/** One execution's view of the tools; see {@link ToolScope}. */
export function createScope(permission: Permission, context: ScopeContext): ToolScope {
  const warned = new Map<string, { code: string; message: string }>();
  // Stands for this execution in the servers' lines.
  const group = {};
  return {
    call: async (name, args = {}, { signal } = {}) => call(permission, { ...context, group }, String(name), args, signal),
    list: async (query, { signal } = {}) => list(permission, context, warned, query, signal),
    warnings: () => [...warned.values()],
  };
}

async function call(permission: Permission, context: ScopeContext & { group: object }, name: string, args: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  const shown = oneLine(name, 200);
  // Before anything else: a tool that is not allowed must not start a server or tell whether it exists.
  if (!permission.allows(name)) throw new ToolGatewayError('tool_not_allowed', `Tool not allowed: ${shown}`);
  const bounds = { signals: [signal, context.closing], onAbort: (aborted: AbortSignal) => stopError(aborted, context, `Tool ${shown}`) };
  const problem = isRecord(args) ? inspect(args, { maxChars: context.maxResultChars, maxDepth: MAX_DEPTH }) : `not an object but ${kind(args)}`;
  if (problem !== undefined) throw new ToolGatewayError('tool_arguments', `Invalid arguments for ${shown}: they are ${problem}`);
  const given = args as Record<string, unknown>;

  const { server, tool } = await withDeadline(() => prepare(context, name, shown, given), bounds);
  const { callTimeoutMs: timeoutMs } = context;
  const within = (problem: string): Deadline => ({ ...bounds, timeoutMs, onTimeout: () => new ToolGatewayError('tool_timeout', `Tool ${shown} timed out${problem}`) });
  const turn = server.turns.join(context.group);
  let raw: Record<string, unknown>;
  try {
    await withDeadline(() => turn.come, within(`: it waited ${timeoutMs} ms for other calls of MCP server "${server.name}" to end; call fewer at a time`));
    raw = await withDeadline((own) => server.call(tool.name, shown, given, own), within(` after ${timeoutMs} ms`));
  } finally {
    turn.leave();
  }

  const { isError, value, text } = unwrapResult(raw);
  if (isError) throw toolFailed(shown, text);
  const excess = inspect(value, { maxChars: context.maxResultChars, maxDepth: MAX_DEPTH });
  if (excess !== undefined) throw toolFailed(shown, `its result is ${excess}; ask it for less`);
  return value;
}

/** Finds the tool and checks the arguments against its schema. */
async function prepare(context: ScopeContext, name: string, shown: string, args: Record<string, unknown>): Promise<{ server: Server; tool: Tool }> {
  const parsed = parseToolName(name);
  const server = parsed && context.servers.get(parsed.server);
  const missing = (why: string): ToolGatewayError => new ToolGatewayError('tool_not_found', `Tool not found: ${shown} (${why})`);
  if (!parsed) throw missing('names have the form mcp__server__tool');
  if (!server) throw missing('no such server is configured');
  const tool = await server.tool(parsed.tool);
  if (!tool) throw missing('the server offers no such tool');
  const unusable = (why: string): ToolGatewayError => new ToolGatewayError('tool_unavailable', `Tool ${shown} cannot be called: ${why}`);
  if (tool.unusable !== undefined) throw unusable(tool.unusable);
  const check = await context.checkOf(tool).catch((error: unknown) => {
    throw unusable(`its input schema cannot be used (${oneLine(error instanceof Error ? error.message : String(error), 200)})`);
  });
  const violation = check(args);
  if (violation !== undefined) throw new ToolGatewayError('tool_arguments', `Invalid arguments for ${shown}: ${violation}`);
  return { server, tool };
}

async function list(
  permission: Permission,
  context: ScopeContext,
  warned: Map<string, { code: string; message: string }>,
  query: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ToolDescription[]> {
  const concerned = [...context.servers.values()].filter(({ name }) => permission.reaches(name));
  const bounds = { signals: [signal, context.closing], onAbort: (aborted: AbortSignal) => stopError(aborted, context, 'The list of tools') };
  const catalogs = await withDeadline(() => Promise.allSettled(concerned.map((server) => server.tools())), bounds);
  const failed: ToolGatewayError[] = [];
  const tools = catalogs.flatMap((catalog, index) => {
    if (catalog.status === 'fulfilled') return [...catalog.value.values()];
    const error = catalog.reason as ToolGatewayError;
    failed.push(error);
    warned.set(concerned[index]?.name ?? '', { code: error.code, message: error.message });
    return [];
  });
  // An empty list would say that there are no tools, which nobody knows.
  const [first] = failed;
  if (first && failed.length === concerned.length) throw first;
  const allowed = tools.filter((tool) => tool.unusable === undefined && permission.allows(tool.description.name));
  return rank(allowed, query).map((tool) => tool.description);
}

function stopError(aborted: AbortSignal, context: ScopeContext, what: string): ToolGatewayError {
  return aborted === context.closing
    ? new ToolGatewayError('tool_unavailable', `${what} is unavailable: the tool gateway is closed`)
    : new ToolGatewayError('tool_cancelled', `${what} was cancelled`, { cause: aborted.reason });
}
