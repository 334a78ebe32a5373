import { randomUUID } from 'node:crypto';
import type { Environment } from './config/environment.ts';
import { loadGuarded } from './config/load.ts';
import { readServersFile } from './config/project-servers.ts';
import type { Config, ConfigInput } from './config/schema.ts';
import { ExecutorError } from './errors.ts';
import { runExecution } from './execution.ts';
import { failureOf } from './failure.ts';
import { openGateway } from './gateway.ts';
import type { ExecutionRequest } from './input.ts';
import type { Parts } from './parts.ts';
import { settlePolicy, type Policy } from './policy.ts';
import { refusedResult } from './refused-result.ts';
import type { ExecutionResult } from './result.ts';
import { signalOf } from './run-options.ts';
import { Semaphore } from './semaphore.ts';
import type { SetupReport } from './setup-report.ts';

/** Where an executor takes its surroundings from. */
export interface ExecutorSurroundings {
  /** @default {process.env} */
  env?: Environment;
  /** Working directory, for `projectServers`. @default {process.cwd()} */
  cwd?: string;
  /** Further downstream servers, beside the configured ones and in place of those with the same name. @default none */
  servers?: Config['mcpServers'];
  /** Gets diagnostic lines: ours hold no secrets or content; what a server prints to stderr is passed on as it is. @default nothing */
  log?: (line: string) => void;
  /** Gets lines for a person: work that takes seconds, a log that was repaired. Give it stderr. @default nothing */
  notify?: (line: string) => void;
}

/** Runs programs under one configuration, any number at a time. */
export interface Executor {
  /** The configuration in force. */
  readonly config: Config;
  /** What was odd about the configuration; for people, on stderr. */
  readonly warnings: readonly string[];
  /**
   * Runs one program. Whatever the program, its limits or malformed arguments come to is a result; it rejects only after `close()`.
   */
  run(request: ExecutionRequest, options?: { signal?: AbortSignal }): Promise<ExecutionResult>;
  /** Whether programs can run here, and what is amiss. */
  report(): Promise<SetupReport>;
  /** Ends what runs and everything that was started: sandboxes, bridge, downstream servers. */
  close(): Promise<void>;
}

/**
 * The composition of all layers: sandbox, bridge, filter, limiter, audit log and tools.
 *
 * @param config takes the place of the user's configuration file; the environment wins over either
 * @throws {ExecutorError} `config` for a broken configuration
 * @example
 * ```ts
 * const executor = await createExecutor({ sampling: { enabled: true, provider: 'echo' } });
 * const result = await executor.run({ language: 'typescript', code: 'console.log(await llm.ask("hello"))' });
 * await executor.close();
 * ```
 */
export async function createExecutor(
  config?: ConfigInput,
  { env = process.env, cwd = process.cwd(), servers = {}, log = () => {}, notify = () => {} }: ExecutorSurroundings = {},
): Promise<Executor> {
  const { loaded, secrets } = loadGuarded({ env, ...(config !== undefined && { config }) });
  const settled = withServers(loaded.config, cwd, servers);
  const gateway = openGateway(settled, env, log, loaded.file, secrets);
  const places = new Semaphore(settled.runtime.maxParallelExecutions);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let parts: Promise<Parts> | undefined;

  // Loaded and made at the first run: a server that only lists its tools starts at once and opens no file and no port.
  const theParts = (): Promise<Parts> => {
    if (parts) return parts;
    const made = import('./parts.ts').then(({ assembleParts }) => assembleParts({ config: settled, env, log, notify, gateway }));
    made.catch(() => (parts = undefined));
    return (parts = made);
  };

  const execute = async (request: ExecutionRequest, options: unknown): Promise<ExecutionResult> => {
    const executionId = `exec-${randomUUID()}`;
    let policy: Policy;
    let signal = closing.signal;
    let leave: (() => void) | undefined;
    try {
      const own = signalOf(options);
      if (own) signal = AbortSignal.any([own, signal]);
      policy = settlePolicy(request, settled);
    } catch (error) {
      return refusedResult(executionId, failureOf(error));
    }
    try {
      leave = await places.acquire(signal);
      return await runExecution({ executionId, policy, parts: await theParts(), signal });
    } catch (error) {
      if (signal.aborted) return refusedResult(executionId, { kind: 'cancelled', message: 'Execution cancelled' }, policy);
      return refusedResult(executionId, failureOf(error), policy);
    } finally {
      leave?.();
    }
  };

  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.allSettled(running);
    const made = await parts?.catch(() => undefined);
    await Promise.allSettled([made?.close(), gateway.close()]);
  };
  let closed: Promise<void> | undefined;

  return {
    config: settled,
    warnings: loaded.warnings,
    async run(request, options = {}) {
      if (closing.signal.aborted) throw new ExecutorError('executor_closed', 'The executor is closed');
      const run = execute(request, options);
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    async report() {
      const { reportSetup } = await import('./setup-report.ts');
      return reportSetup(settled, env);
    },
    close: () => (closed ??= close()),
  };
}

/** The project's own servers join only on request, and never replace one that the user configured. */
function withServers(config: Config, cwd: string, further: Config['mcpServers']): Config {
  const projectServers = config.projectServers ? readServersFile(`${cwd}/.mcp.json`, true) : {};
  return { ...config, mcpServers: { ...projectServers, ...config.mcpServers, ...further } };
}
