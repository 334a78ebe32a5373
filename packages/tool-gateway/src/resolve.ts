import { invalidConfig } from './errors.ts';
import { expand } from './expand.ts';
import type { KeyGuard } from './protect.ts';
import { isRecord, kind, show } from './show.ts';
import type { ServerConfig } from './types.ts';

/** A child process to start; all values expanded and checked. */
export interface StdioTarget {
  kind: 'stdio';
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string | undefined;
}

/** A Streamable HTTP endpoint; all values expanded and checked. */
export interface HttpTarget {
  kind: 'http';
  url: URL;
  headers: Record<string, string>;
}

/** How to reach one server. */
export type Target = StdioTarget | HttpTarget;

/** What {@link resolveServer} needs beside the entry itself. */
export interface ResolveContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Environment under the entry's own `env`. */
  baseEnv: Readonly<Record<string, string>>;
  guard: KeyGuard;
}

/**
 * Checks and expands one entry of `mcpServers`.
 *
 * @throws {ToolGatewayError} `invalid_config` naming the server, the field and the cure.
 */
export function resolveServer(name: string, config: ServerConfig, context: ResolveContext): Target {
  const where = `mcpServers.${name}`;
  if (!isRecord(config)) throw invalidConfig(where, `must be an object with "command" or "url", but is ${kind(config)}`);
  const isHttp = transportOf(where, config) === 'http';
  const text = (field: string, value: unknown): string => resolveText(`${where}.${field}`, value, context);
  if (isHttp) {
    const headers = Object.entries(record(`${where}.headers`, config.headers)).map(([key, value]) => [key, text(`headers.${key}`, value)] as const);
    checkHeaders(where, headers);
    return { kind: 'http', url: resolveUrl(`${where}.url`, text('url', config.url)), headers: Object.fromEntries(headers) };
  }
  const command = text('command', config.command);
  if (command.trim() === '') throw invalidConfig(`${where}.command`, 'must name a program, but is empty');
  const args = config.args ?? [];
  if (!Array.isArray(args)) throw invalidConfig(`${where}.args`, `must be an array of strings, but is ${kind(args)}`);
  const own = Object.entries(record(`${where}.env`, config.env)).map(([key, value]) => [envName(where, key), text(`env.${key}`, value)] as const);
  return {
    kind: 'stdio',
    command,
    args: args.map((value: unknown, index) => text(`args[${index}]`, value)),
    env: { ...context.baseEnv, ...Object.fromEntries(own) },
    cwd: config.cwd === undefined ? undefined : text('cwd', config.cwd),
  };
}

/** Which transport an entry means. @throws {ToolGatewayError} `invalid_config` where it means none or two. */
function transportOf(where: string, config: ServerConfig): 'stdio' | 'http' {
  const type: unknown = config.type;
  if (type !== undefined && type !== 'stdio' && type !== 'http' && type !== 'streamable-http') {
    throw invalidConfig(`${where}.type`, `must be "stdio", "http" or "streamable-http", but is ${show(type)}${type === 'sse' ? '; ask the server for its Streamable HTTP address' : ''}`);
  }
  const { command, url } = config;
  if ((command === undefined) === (url === undefined)) {
    throw invalidConfig(where, command === undefined ? 'must have "command" or "url"' : 'has both "command" and "url"; keep one');
  }
  const meant = url === undefined ? 'stdio' : 'http';
  if (type !== undefined && (type === 'stdio') !== (meant === 'stdio')) {
    throw invalidConfig(`${where}.type`, `is ${show(type)}, but the entry has "${url === undefined ? 'command' : 'url'}"; correct one of them`);
  }
  return meant;
}

function resolveText(where: string, value: unknown, { env, guard }: ResolveContext): string {
  if (typeof value !== 'string') throw invalidConfig(where, `must be a string, but is ${kind(value)}`);
  const lookup = (variable: string): string | undefined => {
    guard.checkName(variable, where);
    return env[variable];
  };
  const text = expand(value, lookup, (problem) => invalidConfig(where, problem));
  if (text.includes('\0')) throw invalidConfig(where, 'must not contain a NUL character');
  guard.checkValue(text, where);
  return text;
}

function resolveUrl(where: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw invalidConfig(where, 'must be an http: or https: address');
  if (url.username !== '' || url.password !== '') throw invalidConfig(where, 'must not hold a user name or password; send them in "headers"');
  return url;
}

function record(where: string, value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw invalidConfig(where, `must be an object of strings, but is ${kind(value)}`);
  return value;
}

function envName(where: string, name: string): string {
  if (name === '' || /[=\0]/u.test(name)) throw invalidConfig(`${where}.env`, `has the name ${show(name)}, which no environment variable can have`);
  return name;
}

function checkHeaders(where: string, headers: (readonly [string, string])[]): void {
  const probe = new Headers();
  for (const [name, value] of headers) {
    try {
      probe.set(name, value);
    } catch {
      // The value may be a secret: it is not shown.
      throw invalidConfig(`${where}.headers`, `holds ${show(name)}, whose name or value no HTTP header can have`);
    }
  }
}
