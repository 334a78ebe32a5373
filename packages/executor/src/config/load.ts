import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL_ALIASES } from '@code-executor/bridge-core/defaults';
import type { z } from 'zod';
import { ExecutorError } from '../errors.ts';
import { homeDirectory, readEnvironment, type Environment, type EnvironmentSetting } from './environment.ts';
import { describeIssue } from './issue.ts';
import { isDeeper, MAX_DEPTH, readJsonFile } from './json-file.ts';
import { configSchema, type Config, type ConfigInput } from './schema.ts';

/** Where a configuration is looked for. */
export interface LoadOptions {
  /** Takes the file's place; the environment still wins over it. */
  config?: ConfigInput;
  /** @default {process.env} */
  env?: Environment;
}

/** A configuration, where it came from and what is odd about it. */
export interface LoadedConfig {
  config: Config;
  /** The file that was read, if any. */
  file?: string;
  /** The variables that set something. */
  variables: string[];
  /** For people, on stderr. */
  warnings: string[];
}

/** A configuration together with what must be kept from others; never to be shown. */
export interface GuardedConfig {
  loaded: LoadedConfig;
  /** Every key that was given: the one in force, and the file's own where the environment brings another. */
  secrets: string[];
}

/** The configuration file that an environment names, or the default one. */
export function configPath(env: Environment = process.env): string {
  return env['CODE_EXECUTOR_CONFIG'] || join(homeDirectory(env), '.code-executor', 'config.json');
}

/**
 * Reads the configuration: environment over file (or the given object) over defaults. Nothing is guessed: whatever
 * is broken, unknown or out of range stops here, and so does a file that is no regular file, over 1 MiB, or nested
 * deeper than 64 levels.
 *
 * @throws {ExecutorError} `config`, naming the file or variable, the key and the cause
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  return loadGuarded(options).loaded;
}

/** {@link loadConfig}, and the keys that it came across. */
export function loadGuarded({ config, env = process.env }: LoadOptions): GuardedConfig {
  const file = config === undefined ? configPath(env) : undefined;
  const read = file === undefined ? undefined : readJsonFile(file, !env['CODE_EXECUTOR_CONFIG']);
  const source = file ?? 'the given configuration';
  const given = file === undefined ? config : read;
  const base = parse(given === undefined ? {} : given, source, []);
  const settings = readEnvironment(env);
  const merged = settings.length === 0 ? base : parse(withSettings(base, settings), source, settings);
  assertDefaultModelAllowed(merged, source);
  const warnings = file !== undefined && base.anthropicApiKey !== undefined ? exposureWarnings(file) : [];
  const keys = [merged.anthropicApiKey, base.anthropicApiKey].filter((key) => key !== undefined);
  return {
    loaded: {
      config: merged,
      ...(read !== undefined && file !== undefined && { file }),
      variables: settings.map(({ variable }) => variable),
      warnings,
    },
    secrets: [...new Set(keys)],
  };
}

function parse(input: unknown, source: string, settings: readonly EnvironmentSetting[]): Config {
  if (isDeeper(input, MAX_DEPTH)) throw new ExecutorError('config', `${source}: nested deeper than ${MAX_DEPTH} levels`);
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.join('.');
  const origin = settings.find((setting) => setting.path === path)?.variable ?? source;
  const key = path === '' ? '' : `${path}: `;
  throw new ExecutorError('config', `${origin}: ${key}${describeIssue(issue, input)}`);
}

function withSettings(base: Config, settings: readonly EnvironmentSetting[]): unknown {
  const merged: Record<string, unknown> = { ...base };
  for (const { path, value } of settings) {
    const [section = '', key] = path.split('.');
    merged[section] = key === undefined ? value : { ...(merged[section] as object), [key]: value };
  }
  return merged;
}

/** A default model that its own list forbids would refuse every plain call. */
function assertDefaultModelAllowed({ sampling }: Config, source: string): void {
  const resolve = (model: string): string => DEFAULT_MODEL_ALIASES[model] ?? model;
  if (sampling.allowedModels.map(resolve).includes(resolve(sampling.defaultModel))) return;
  throw new ExecutorError(
    'config',
    `${source}: sampling.allowedModels does not hold sampling.defaultModel (${sampling.defaultModel}): add it, or name another default`,
  );
}

function exposureWarnings(file: string): string[] {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return [];
  return [`${file} holds anthropicApiKey and can be read by others. Run: chmod 600 ${file}`];
}
