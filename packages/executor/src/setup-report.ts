import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { findDeno } from '@code-executor/deno-runtime';
import { pyodideStatus } from '@code-executor/pyodide-runtime';
import type { Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';
import { auditPath, cacheDirOption } from './paths.ts';
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
    await checkPython(cacheDirOption(config, env)),
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
    checkAuditLog(auditPath(config, env)),
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

async function checkPython(options: { cacheDir?: string }): Promise<SetupCheck> {
  try {
    const { version, snapshot, path } = await pyodideStatus(options);
    return { name: 'python', status: 'ok', detail: `Pyodide ${version}, snapshot ${snapshot} at ${path}` };
  } catch (error) {
    return { name: 'python', status: 'error', detail: (error as Error).message, cure: 'npm install pyodide@314.0.7' };
  }
}

/** Nothing runs that could not be logged, so a log that cannot be written stops the main job. */
function checkAuditLog(path: string): SetupCheck {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    if (place !== path && !statSync(place).isDirectory()) throw new Error(`${place} is not a directory`);
    if (place === path && !statSync(place).isFile()) throw new Error(`${path} is not a file`);
    accessSync(place, constants.W_OK);
    return { name: 'audit log', status: 'ok', detail: path };
  } catch (error) {
    const detail = `${path} cannot be written: ${(error as Error).message}`;
    return { name: 'audit log', status: 'error', detail, cure: `make ${place} writable, or set audit.path` };
  }
}

function isolationDetail(): string {
  const limits = process.platform === 'win32' ? 'no kernel limits on Windows' : 'process limits';
  const death = process.platform === 'linux' ? 'ends with its host' : 'may outlive a killed host until its CPU limit';
  return `process: Deno permissions, ${limits}, ${death}`;
}
