import { openAuditLog, type AuditLog } from '@code-executor/audit-log';
import { startBridge, type Bridge } from '@code-executor/bridge-core';
import { createContentFilter } from '@code-executor/content-filter';
import { createDenoRuntime, type Runtime } from '@code-executor/deno-runtime';
import { createPyodideRuntime } from '@code-executor/pyodide-runtime';
import { createRateLimiter, type RateLimiter } from '@code-executor/rate-limiter';
import type { ToolGateway } from '@code-executor/tool-gateway';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';
import type { Language } from './input.ts';
import { auditPath, cacheDirOption } from './paths.ts';
import { chooseProvider } from './provider.ts';
import { watchRefusals, type RefusalWatch } from './refusal-watch.ts';

/** Everything that executions share, each part made once. */
export interface Parts {
  bridge: Bridge;
  limiter: RateLimiter;
  audit: AuditLog;
  refusals: RefusalWatch;
  gateway: ToolGateway;
  runtime(language: Language): Runtime;
  close(): Promise<void>;
}

/** What the parts are made from. */
export interface PartsOptions {
  config: Config;
  env: Environment;
  log: (line: string) => void;
  /** For people: long work, odd findings. */
  notify: (line: string) => void;
  gateway: ToolGateway;
}

/** What one execution may keep open to the bridge, and the most that a listener can have. */
const CONNECTIONS_PER_EXECUTION = 128;
const MOST_CONNECTIONS = 65_535;

/** Room for all executions at their limit and as much again as one has, so that none can keep another out. */
export function connectionLimits(executions: number): { maxConnections: number; maxConnectionsPerSession: number } {
  const maxConnectionsPerSession = Math.min(CONNECTIONS_PER_EXECUTION, Math.floor(MOST_CONNECTIONS / (executions + 1)));
  return { maxConnectionsPerSession, maxConnections: maxConnectionsPerSession * (executions + 1) };
}

/** Opens the log, starts the bridge and readies the rest; what was opened is closed again where a later part fails. */
export async function assembleParts({ config, env, log, notify, gateway }: PartsOptions): Promise<Parts> {
  const audit = await openAuditLog({
    path: auditPath(config, env),
    hash: config.audit.hash,
    durability: config.audit.durability,
  });
  for (const notice of audit.notices) notify(`audit log: ${notice}`);
  const refusals = watchRefusals(audit);
  const limiter = createRateLimiter();
  const { sampling } = config;
  const { provider, noProviderMessage } = chooseProvider(config, log);
  const runtimes = new Map<Language, Runtime>();
  let bridge: Bridge | undefined;

  const close = async (): Promise<void> => {
    await Promise.allSettled([...runtimes.values()].map((runtime) => runtime.close()));
    await bridge?.close();
    await audit.close();
  };

  try {
    bridge = await startBridge({
      ...(provider && { provider }),
      ...(noProviderMessage !== undefined && { noProviderMessage }),
      filter: createContentFilter(),
      secretsFilter: createContentFilter({ pii: false }),
      ...connectionLimits(config.runtime.maxParallelExecutions),
      limiter,
      audit: refusals,
      allowedSystemPrompts: sampling.allowedSystemPrompts,
      allowedModels: sampling.allowedModels,
      defaultModel: sampling.defaultModel,
      timeoutPerCallMs: sampling.timeoutPerCallMs,
      contentFilteringEnabled: sampling.contentFilteringEnabled,
      contentFilterMode: sampling.contentFilterMode,
      filterPrompts: sampling.filterPrompts,
      filterToolResults: sampling.filterToolResults,
      log,
    });
  } catch (error) {
    await close();
    throw error;
  }

  const make: Record<Language, () => Runtime> = {
    typescript: () => createDenoRuntime({ memoryMb: config.runtime.typescriptMemoryMb }),
    python: () =>
      createPyodideRuntime({ memoryMb: config.runtime.pythonMemoryMb, notify, ...cacheDirOption(config, env) }),
  };
  const runtime = (language: Language): Runtime => {
    const made = runtimes.get(language) ?? make[language]();
    runtimes.set(language, made);
    return made;
  };

  return { bridge, limiter, audit, refusals, gateway, runtime, close };
}
