import { homedir } from 'node:os';
import { join } from 'node:path';
import { homeDirectory, type Environment } from './config/environment.ts';
import type { Config } from './config/schema.ts';

/** Where the audit log of a configuration is kept. */
export function auditPath(config: Config, env: Environment): string {
  return config.audit.path ?? join(homeDirectory(env), '.code-executor', 'audit-log.jsonl');
}

/** Where the prepared Python snapshot of a configuration is kept. */
export function cacheDirectory(config: Config, env: Environment): string {
  return config.runtime.cacheDir ?? join(env['XDG_CACHE_HOME'] || join(homeDirectory(env), '.cache'), 'code-executor');
}

/**
 * What the Python runtime is told of it: nothing where it is the runtime's own default, which has a stand-in for a
 * home directory that cannot be written.
 */
export function cacheDirOption(config: Config, env: Environment): { cacheDir?: string } {
  const isDefault = config.runtime.cacheDir === undefined && !env['XDG_CACHE_HOME'] && homeDirectory(env) === homedir();
  return isDefault ? {} : { cacheDir: cacheDirectory(config, env) };
}
