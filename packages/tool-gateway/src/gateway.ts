import type { ArgumentCheck, CompileCheck } from './argument-check.ts';
import { loadCompiler } from './argument-check.ts';
import { createBoundedRun } from './bounded-run.ts';
import type { Tool } from './catalog.ts';
import { baseEnvironment } from './environment.ts';
import { invalidConfig, ToolGatewayError } from './errors.ts';
import { checkServerName } from './names.ts';
import { isOwnServer } from './own-server.ts';
import { parsePatterns } from './patterns.ts';
import { createPermission } from './permission.ts';
import { createKeyGuard } from './protect.ts';
import { resolveServer } from './resolve.ts';
import { createScope } from './scope.ts';
import { Server } from './server.ts';
import { isRecord, kind, show } from './show.ts';
import type { ServerStatus, ToolGateway, ToolGatewayOptions } from './types.ts';
import { VERSION } from './version.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Room for a page of a long list of tools, whatever the limit of results. */
const MIN_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Creates the gateway to the configured MCP servers. Nothing is started or loaded until a tool is needed.
 *
 * @example
 * ```ts
 * const gateway = createToolGateway({
 *   servers: { filesystem: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '.'] } },
 *   env: process.env,
 * });
 * const tools = gateway.scope(['mcp__filesystem__read_*']);
 * console.log(await tools.call('mcp__filesystem__read_text_file', { path: 'README.md' }));
 * await gateway.close();
 * ```
 *
 * @throws {ToolGatewayError} `invalid_config` for the first option that is malformed, names a variable that is not set,
 * or would hand one of our own keys to a server.
 */
export function createToolGateway(options: ToolGatewayOptions): ToolGateway {
  const { servers, skipped } = readServers(options);
  const policy = {
    allow: parsePatterns(options.policy?.allow ?? ['*'], 'tools.allow', (message) => new ToolGatewayError('invalid_config', message)),
    deny: parsePatterns(options.policy?.deny ?? [], 'tools.deny', (message) => new ToolGatewayError('invalid_config', message)),
  };
  const closing = new AbortController();
  const context = {
    servers,
    checkOf: createCheckCache(),
    closing: closing.signal,
    callTimeoutMs: milliseconds('callTimeoutMs', options.callTimeoutMs ?? 30_000),
    maxResultChars: maxResultChars(options),
  };
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  return {
    scope: (allowedTools = []) => {
      const granted = parsePatterns(allowedTools, 'allowedTools', (message) => new ToolGatewayError('invalid_request', `Invalid request: ${message}`));
      return createScope(createPermission(policy, granted), context);
    },
    servers: () => [...skipped, ...[...servers.values()].map((server) => server.status())].sort((a, b) => (a.name < b.name ? -1 : 1)),
    close: () => (closed ??= close()),
  };
}

function readServers(options: ToolGatewayOptions): { servers: Map<string, Server>; skipped: ServerStatus[] } {
  if (!isRecord(options.servers)) throw invalidConfig('mcpServers', `must be an object of servers, but is ${kind(options.servers)}`);
  const env = options.env ?? {};
  const log = options.log ?? (() => undefined);
  const context = { env, baseEnv: baseEnvironment(env, process.platform), guard: createKeyGuard(env, options.secrets ?? []) };
  const shared = {
    clientInfo: options.clientInfo ?? { name: 'code-executor', version: VERSION },
    connectTimeoutMs: milliseconds('connectTimeoutMs', options.connectTimeoutMs ?? 30_000),
    stopGraceMs: milliseconds('stopGraceMs', options.stopGraceMs ?? 2000),
    maxConcurrentCalls: wholeNumber('maxConcurrentCalls', options.maxConcurrentCalls ?? 16, 1, 1000),
    // A result may come twice, as text and structured, and escapes double it once more.
    maxMessageBytes: Math.max(MIN_MESSAGE_BYTES, 4 * maxResultChars(options)),
    log,
  };
  const servers = new Map<string, Server>();
  const skipped: ServerStatus[] = [];
  for (const [name, config] of Object.entries(options.servers)) {
    checkServerName(name);
    const reason = !isRecord(config) ? undefined : isOwnServer(name, config) ? 'it is this product itself' : config.disabled === true ? 'it is disabled' : undefined;
    if (reason === undefined) servers.set(name, new Server(name, resolveServer(name, config, context), shared));
    else {
      skipped.push({ name, transport: config.url === undefined ? 'stdio' : 'http', status: 'skipped', reason });
      log(`[mcp:${name}] skipped: ${reason}`);
    }
  }
  return { servers, skipped };
}

/** Compiled checks, kept as long as the list that the tool came from. */
function createCheckCache(): (tool: Tool) => Promise<ArgumentCheck> {
  const checks = new WeakMap<Tool, ArgumentCheck>();
  let compiler: Promise<CompileCheck> | undefined;
  return async (tool) => {
    compiler ??= loadCompiler(createBoundedRun());
    const compile = await compiler;
    const check = checks.get(tool) ?? compile(tool.description.inputSchema);
    checks.set(tool, check);
    return check;
  };
}

function maxResultChars({ maxResultChars: value = 4 * 1024 * 1024 }: ToolGatewayOptions): number {
  return wholeNumber('maxResultChars', value, 1024, 64 * 1024 * 1024);
}

function milliseconds(name: string, value: number): number {
  return wholeNumber(name, value, 1, LONGEST_TIMER_MS, ' of milliseconds');
}

function wholeNumber(name: string, value: number, min: number, max: number, unit = ''): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidConfig(name, `must be a whole number${unit} from ${min} to ${max}, but is ${show(value)}`);
}
