import { homedir } from 'node:os';
import { ExecutorError } from '../errors.ts';
import { showValue } from './issue.ts';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The user's home, as the environment has it. */
export function homeDirectory(env: Environment): string {
  return env['HOME'] || env['USERPROFILE'] || homedir();
}

type Parser = (text: string) => unknown;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([['true', true], ['1', true], ['false', false], ['0', false]]);

const boolean: Parser = (text) => BOOLEANS.get(text.trim());
const integer: Parser = (text) => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined);
// Files that keys are read from end in a newline.
const text: Parser = (value) => value.trim();

/** Each variable, the configuration path that it sets, how it is read, and what it may be. */
export const VARIABLES: readonly (readonly [name: string, path: string, parse: Parser, expected: string])[] = [
  ['CODE_EXECUTOR_SAMPLING_ENABLED', 'sampling.enabled', boolean, 'true, false, 1 or 0'],
  ['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS', 'sampling.maxRoundsPerExecution', integer, 'a whole number'],
  ['CODE_EXECUTOR_MAX_SAMPLING_TOKENS', 'sampling.maxTokensPerExecution', integer, 'a whole number'],
  ['CODE_EXECUTOR_SAMPLING_TIMEOUT_MS', 'sampling.timeoutPerCallMs', integer, 'a whole number of ms'],
  ['CODE_EXECUTOR_CONTENT_FILTERING', 'sampling.contentFilteringEnabled', boolean, 'true, false, 1 or 0'],
  ['CODE_EXECUTOR_SAMPLING_PROVIDER', 'sampling.provider', text, 'a provider'],
  ['ANTHROPIC_API_KEY', 'anthropicApiKey', text, 'a key'],
  ['ANTHROPIC_BASE_URL', 'anthropicBaseUrl', text, 'a URL'],
];

/** A value that the environment sets, and the variable that it came from. */
export interface EnvironmentSetting {
  variable: string;
  path: string;
  value: unknown;
}

/**
 * Reads the settings that the environment makes. An empty variable counts as absent, as shells leave it.
 *
 * @throws {ExecutorError} `config` where a value does not parse; the value of a secret is never shown
 */
export function readEnvironment(env: Environment): EnvironmentSetting[] {
  const settings: EnvironmentSetting[] = [];
  for (const [variable, path, parse, expected] of VARIABLES) {
    const given = env[variable];
    if (given === undefined || given.trim() === '') continue;
    const value = parse(given);
    if (value === undefined) {
      const shown = showValue(given);
      throw new ExecutorError('config', `${variable}: ${path} must be ${expected}${shown === undefined ? '' : `, got ${shown}`}`);
    }
    settings.push({ variable, path, value });
  }
  return settings;
}
