import { findDeno } from '@code-executor/deno-runtime';
import { pyodideStatus } from '@code-executor/pyodide-runtime';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';
import { auditPath, cacheDirectory } from './paths.ts';
import { chooseProvider } from './provider.ts';

/** One thing that was looked at, and what to do where it is amiss. */
export interface SetupCheck {
  name: string;
  /** `ok`, `warning` for what the main job can do without, `error` for what it cannot. */
  status: 'ok' | 'warning' | 'error';
  detail: string;
  cure?: string;
}

/** Whether programs can run on this machine under this configuration. */
export interface SetupReport {
  /** True where the main job, running a program in a sandbox, can work. */
  ready: boolean;
  isolation: 'os' | 'process';
  provider: string;
  checks: SetupCheck[];
}

/** Looks at everything that an execution needs, without running one. */
export async function reportSetup(config: Config, env: Environment): Promise<SetupReport> {
  const { name: provider, noProviderMessage } = chooseProvider(config, () => {});
  const checks: SetupCheck[] = [
    checkDeno(),
    await checkPython(cacheDirectory(config, env)),
    noProviderMessage === undefined
      ? { name: 'model', status: 'ok', detail: `llm calls are answered by: ${provider}` }
      : { name: 'model', status: 'warning', detail: 'llm calls cannot be answered', cure: noProviderMessage },
    {
      name: 'sampling',
      status: 'ok',
      detail: config.sampling.enabled ? 'on for every execution' : 'off unless an execution passes enableSampling: true',
    },
    { name: 'isolation', status: 'ok', detail: isolationDetail() },
    { name: 'tools', status: 'ok', detail: `${Object.keys(config.mcpServers).length} MCP server(s) configured` },
    { name: 'audit log', status: 'ok', detail: auditPath(config, env) },
  ];
  return { ready: checks.every(({ status }) => status !== 'error'), isolation: 'process', provider, checks };
}

function checkDeno(): SetupCheck {
  try {
    const { version, path } = findDeno();
    return { name: 'deno', status: 'ok', detail: `${version} at ${path}` };
  } catch (error) {
    return { name: 'deno', status: 'error', detail: (error as Error).message, cure: 'npm install deno@2.9.5' };
  }
}

async function checkPython(cacheDir: string): Promise<SetupCheck> {
  const { version, snapshot, path } = await pyodideStatus({ cacheDir });
  const detail = `Pyodide ${version}, snapshot ${snapshot} at ${path}`;
  return { name: 'python', status: 'ok', detail };
}

function isolationDetail(): string {
  const limits = process.platform === 'win32' ? 'no kernel limits on Windows' : 'process limits';
  const death = process.platform === 'linux' ? 'ends with its host' : 'may outlive a killed host until its CPU limit';
  return `process: Deno permissions, ${limits}, ${death}`;
}
