import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL_ALIASES } from '@code-executor/bridge-core/defaults';
import type { z } from 'zod';
import { ExecutorError } from '../errors.ts';
import { homeDirectory, readEnvironment, type Environment, type EnvironmentSetting } from './environment.ts';
import { describeIssue } from './issue.ts';
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

/** The configuration file that an environment names, or the default one. */
export function configPath(env: Environment = process.env): string {
  return env['CODE_EXECUTOR_CONFIG'] || join(homeDirectory(env), '.code-executor', 'config.json');
}

/**
 * Reads the configuration: environment over file (or the given object) over defaults. Nothing is guessed: whatever
 * is broken, unknown or out of range stops here.
 *
 * @throws {ExecutorError} `config`, naming the file or variable, the key and the cause
 */
export function loadConfig({ config, env = process.env }: LoadOptions = {}): LoadedConfig {
  const file = config === undefined ? configPath(env) : undefined;
  const read = file === undefined ? undefined : readConfigFile(file, Boolean(env['CODE_EXECUTOR_CONFIG']));
  const source = file ?? 'the given configuration';
  const given = file === undefined ? config : read;
  const base = parse(given === undefined ? {} : given, source, []);
  const settings = readEnvironment(env);
  const merged = settings.length === 0 ? base : parse(withSettings(base, settings), source, settings);
  assertDefaultModelAllowed(merged, source);
  const warnings = file !== undefined && base.anthropicApiKey !== undefined ? exposureWarnings(file) : [];
  return {
    config: merged,
    ...(read !== undefined && file !== undefined && { file }),
    variables: settings.map(({ variable }) => variable),
    warnings,
  };
}

function readConfigFile(file: string, named: boolean): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !named) return undefined;
    throw new ExecutorError('config', `${file}: cannot be read (${code ?? String(error)})`);
  }
  try {
    // Windows editors begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    // The message of JSON.parse may quote the text, and with it a key.
    const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new ExecutorError('config', `${file}: not valid JSON${position ? ` at ${position}` : ''}`);
  }
}

function parse(input: unknown, source: string, settings: readonly EnvironmentSetting[]): Config {
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.join('.');
  const origin = settings.find((setting) => setting.path === path)?.variable ?? source;
  const key = path === '' ? '' : `${path}: `;
  throw new ExecutorError('config', `${origin}: ${key}${describeIssue(issue, input)}`);
}

function withSettings(base: Config, settings: readonly EnvironmentSetting[]): unknown {
  const merged = structuredClone(base) as unknown as Record<string, Record<string, unknown>>;
  for (const { path, value } of settings) {
    const [section = '', key] = path.split('.');
    if (key === undefined) (merged as Record<string, unknown>)[section] = value;
    else (merged[section] as Record<string, unknown>)[key] = value;
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
