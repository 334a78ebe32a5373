/** One server, in the shape that Claude and Cursor use. `${VAR}` and `${VAR:-default}` are expanded in every string. */
export interface ServerConfig {
  /** Default: `stdio` where `command` is given, `http` (Streamable HTTP) where `url` is. */
  type?: 'stdio' | 'http' | 'streamable-http' | undefined;
  /** Program that speaks MCP on its standard streams. */
  command?: string | undefined;
  args?: readonly string[] | undefined;
  /** Added to the minimal environment that every child gets. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Working directory of the program. Default: that of this process. */
  cwd?: string | undefined;
  /** Address of a Streamable HTTP server, `http:` or `https:`. */
  url?: string | undefined;
  /** Sent with every request to `url`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** True: the entry is skipped. */
  disabled?: boolean | undefined;
}

/** What {@link createToolGateway} takes. */
export interface ToolGatewayOptions {
  /** The servers by name. Our own server is recognised and skipped. */
  servers: Readonly<Record<string, ServerConfig>>;
  /** The operator's bounds: `allow` (default `['*']`), `deny` (default none), which wins. */
  policy?: { allow?: readonly string[] | undefined; deny?: readonly string[] | undefined } | undefined;
  /** Longest time one tool may take, in milliseconds, 1 to 2^31 − 1. @default {30000} */
  callTimeoutMs?: number | undefined;
  /**
   * Calls that one server gets at a time, 1 to 1000. Further ones wait, executions taking turns, for at most
   * `callTimeoutMs` each; a call's own time begins when the server gets it. @default {16}
   */
  maxConcurrentCalls?: number | undefined;
  /** Longest time a server may take to start and initialise, and to list its tools, in milliseconds. @default {30000} */
  connectTimeoutMs?: number | undefined;
  /** How long a child process may take to end after its input closed, and again after SIGTERM, in milliseconds. @default {2000} */
  stopGraceMs?: number | undefined;
  /** Longest result as JSON text, in UTF-16 units. Arguments have the same limit. @default {4194304} */
  maxResultChars?: number | undefined;
  /** How this client names itself to servers. */
  clientInfo?: { name: string; version: string } | undefined;
  /** Where `${VAR}` is looked up and where PATH, HOME and the like come from. @default {{}} */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Keys of ours that are not in `env`, such as one from a configuration file: no server may be given their values. */
  secrets?: readonly string[] | undefined;
  /** Receives one line per event and per line that a server writes to its standard error. */
  log?: ((line: string) => void) | undefined;
}

/** A tool as a program in the sandbox sees it. The schemas are shared and frozen. */
export interface ToolDescription {
  /** `mcp__<server>__<tool>`. */
  name: string;
  description: string;
  /** JSON Schema of the arguments. */
  inputSchema: Readonly<Record<string, unknown>>;
  /** JSON Schema of the structured result, where the server declares one. */
  outputSchema?: Readonly<Record<string, unknown>>;
}

/** One execution's view of the tools: the operator's policy narrowed by the execution's list. */
export interface ToolScope {
  /**
   * Calls a tool and unwraps its result.
   *
   * @throws {ToolGatewayError} with one of the `tool_…` codes.
   */
  call(name: string, args?: Record<string, unknown>, context?: { signal?: AbortSignal | undefined }): Promise<unknown>;
  /**
   * The tools that this execution may call, sorted by name, or ranked by `query` and then by name.
   *
   * @throws {ToolGatewayError} `tool_unavailable` where not one of the servers concerned could be asked.
   */
  list(query?: string, context?: { signal?: AbortSignal | undefined }): Promise<ToolDescription[]>;
  /** Servers that could not be asked by a `list` of this execution, one warning each. */
  warnings(): { code: string; message: string }[];
}

/** State of one configured server. */
export interface ServerStatus {
  name: string;
  transport: 'stdio' | 'http';
  /** `idle`: not needed yet. `failed`: the last attempt failed, the next use tries again. `skipped`: never used. */
  status: 'idle' | 'connecting' | 'connected' | 'failed' | 'skipped' | 'closed';
  /** Why it failed or is skipped; for the operator, may hold what the server wrote. */
  reason?: string;
  /** Number of tools it offered when it was last asked. */
  tools?: number;
  /** Process id of a running child. */
  pid?: number;
}

/** All connections, shared by all executions. */
export interface ToolGateway {
  /**
   * One execution's view.
   *
   * @param allowedTools `mcp__server__tool`, with a `*` at the end if wanted, or `*`. @default {[]} no tool
   * @throws {ToolGatewayError} `invalid_request` for a malformed entry.
   */
  scope(allowedTools?: readonly string[]): ToolScope;
  /** Every configured server, sorted by name. */
  servers(): ServerStatus[];
  /** Ends calls, connections and child processes; resolves when none is left. May be called again. */
  close(): Promise<void>;
}
