import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ExecutorError } from '../errors.ts';
import type { Environment } from './environment.ts';
import { configPath, loadConfig } from './load.ts';

const PLAIN_ADDRESS = 'must be an http or https address without user, password, query and fragment';

/** Text that only looks like a key. */
const key = ['sk', 'ant', 'test', 'k'.repeat(30)].join('-');

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'executor-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An environment whose default configuration file holds this. */
function withFile(content: unknown, mode = 0o600): { HOME: string } {
  const HOME = home();
  mkdirSync(join(HOME, '.code-executor'));
  const path = join(HOME, '.code-executor/config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return { HOME };
}

/** The one error of a configuration that stops the start; it never repeats a key. */
function refusal(env: Environment): string {
  const error = thrownBy(() => loadConfig({ env }));
  expect(error).toBeInstanceOf(ExecutorError);
  const { code, message } = error as ExecutorError;
  expect(code).toBe('config');
  expect(message).not.toContain(key);
  expect(message).not.toContain('\n');
  return message;
}

test('without file and variables every default holds', () => {
  const { config, file, variables, warnings } = loadConfig({ env: { HOME: home() } });
  expect({ file, variables, warnings }).toEqual({ file: undefined, variables: [], warnings: [] });
  expect(config).toMatchObject({
    sampling: {
      enabled: false, provider: 'auto', defaultModel: 'claude-sonnet-5-5', maxRoundsPerExecution: 10, maxTokensPerExecution: 10_000, timeoutPerCallMs: 30_000,
      allowedSystemPrompts: ['', 'You are a helpful assistant', 'You are a code analysis expert'],
      contentFilteringEnabled: true, contentFilterMode: 'redact', filterPrompts: 'secrets', filterToolResults: 'off', overrides: 'allow',
      ceilings: { rounds: 100, tokens: 100_000, timeoutMs: 600_000 },
    },
    tools: { allow: ['*'], deny: [] },
    mcpServers: {},
    projectServers: false,
  });
  expect(config.sampling.allowedModels).toContain('claude-sonnet-5-5');
});

test('the environment wins over the file, and the file over the defaults', () => {
  const env = withFile({ sampling: { maxRoundsPerExecution: 20, maxTokensPerExecution: 20_000 } });
  const { config, file, variables } = loadConfig({ env: { ...env, CODE_EXECUTOR_MAX_SAMPLING_ROUNDS: '30' } });
  expect(config.sampling).toMatchObject({ maxRoundsPerExecution: 30, maxTokensPerExecution: 20_000, timeoutPerCallMs: 30_000 });
  expect(file).toBe(join(env.HOME, '.code-executor/config.json'));
  expect(variables).toEqual(['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS']);
});

test.each<[string, string, unknown]>([
  ['CODE_EXECUTOR_SAMPLING_ENABLED', 'true', { sampling: { enabled: true } }],
  ['CODE_EXECUTOR_SAMPLING_ENABLED', '1', { sampling: { enabled: true } }],
  ['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS', '25', { sampling: { maxRoundsPerExecution: 25 } }],
  ['CODE_EXECUTOR_MAX_SAMPLING_TOKENS', '50000', { sampling: { maxTokensPerExecution: 50_000 } }],
  ['CODE_EXECUTOR_SAMPLING_TIMEOUT_MS', '60000', { sampling: { timeoutPerCallMs: 60_000 } }],
  ['CODE_EXECUTOR_CONTENT_FILTERING', 'false', { sampling: { contentFilteringEnabled: false } }],
  ['CODE_EXECUTOR_CONTENT_FILTERING', '0', { sampling: { contentFilteringEnabled: false } }],
  ['CODE_EXECUTOR_SAMPLING_PROVIDER', 'echo', { sampling: { provider: 'echo' } }],
  ['ANTHROPIC_API_KEY', `${key}\n`, { anthropicApiKey: key }],
  ['ANTHROPIC_BASE_URL', 'http://127.0.0.1:8080', { anthropicBaseUrl: 'http://127.0.0.1:8080' }],
])('%s=%j is taken', (name, value, expected) => {
  const { config, variables } = loadConfig({ env: { HOME: home(), [name]: value } });
  expect(config).toMatchObject(expected as object);
  expect(variables).toEqual([name]);
});

test.each<[string, string, string]>([
  ['CODE_EXECUTOR_SAMPLING_ENABLED', 'yes', 'sampling.enabled must be true, false, 1 or 0, got "yes"'],
  ['CODE_EXECUTOR_SAMPLING_ENABLED', 'constructor', 'sampling.enabled must be true, false, 1 or 0, got "constructor"'],
  ['CODE_EXECUTOR_CONTENT_FILTERING', 'off', 'sampling.contentFilteringEnabled must be true, false, 1 or 0, got "off"'],
  ['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS', '10.5', 'sampling.maxRoundsPerExecution must be a whole number, got "10.5"'],
  ['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS', '1e3', 'sampling.maxRoundsPerExecution must be a whole number, got "1e3"'],
  ['CODE_EXECUTOR_MAX_SAMPLING_ROUNDS', '0', 'sampling.maxRoundsPerExecution: Too small: expected number to be >=1, got 0'],
  ['CODE_EXECUTOR_MAX_SAMPLING_TOKENS', '-5', 'sampling.maxTokensPerExecution must be a whole number, got "-5"'],
  ['CODE_EXECUTOR_MAX_SAMPLING_TOKENS', key, 'sampling.maxTokensPerExecution must be a whole number'],
  ['CODE_EXECUTOR_SAMPLING_TIMEOUT_MS', '99999999', 'sampling.timeoutPerCallMs: Too big: expected number to be <=3600000, got 99999999'],
  ['CODE_EXECUTOR_SAMPLING_PROVIDER', 'openai', 'sampling.provider: Invalid option: expected one of "auto"|"anthropic"|"mcp"|"echo", got "openai"'],
  ['CODE_EXECUTOR_SAMPLING_PROVIDER', key, 'sampling.provider: Invalid option: expected one of "auto"|"anthropic"|"mcp"|"echo"'],
  ['ANTHROPIC_BASE_URL', 'ftp://x', 'anthropicBaseUrl: Invalid URL, got "ftp://x"'],
  ['ANTHROPIC_API_KEY', `${key} and more`, 'anthropicApiKey: must be printable ASCII without blanks'],
  ['ANTHROPIC_API_KEY', 'a b', 'anthropicApiKey: must be printable ASCII without blanks'],
  ['ANTHROPIC_BASE_URL', 'http://u:p@x', `anthropicBaseUrl: ${PLAIN_ADDRESS}`],
  ['ANTHROPIC_BASE_URL', 'ftp://u:p@x', 'anthropicBaseUrl: Invalid URL'],
])('%s=%j stops the start', (name, value, message) => {
  expect(refusal({ HOME: home(), [name]: value })).toBe(`${name}: ${message}`);
});

test('an empty variable counts as absent', () => {
  expect(loadConfig({ env: { HOME: home(), ANTHROPIC_API_KEY: '', CODE_EXECUTOR_SAMPLING_ENABLED: ' ', CODE_EXECUTOR_CONFIG: '' } }).variables).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['broken JSON', `{"anthropicApiKey": "${key}" "x"}`, 'not valid JSON at position'],
  ['an empty file', '', 'not valid JSON'],
  ['an unknown key', { samplin: {} }, 'Unrecognized key: "samplin"'],
  ['an unknown nested key', { sampling: { enable: true } }, 'sampling: Unrecognized key: "enable"'],
  ['a wrong type', { sampling: { enabled: 'true' } }, 'sampling.enabled: Invalid input: expected boolean, received string, got "true"'],
  ['a value out of range', { sampling: { maxRoundsPerExecution: 0 } }, 'sampling.maxRoundsPerExecution: Too small: expected number to be >=1, got 0'],
  ['a fraction', { runtime: { defaultTimeoutMs: 1.5 } }, 'runtime.defaultTimeoutMs: Invalid input: expected int, received number, got 1.5'],
  ['a key of the wrong type', { anthropicApiKey: [key] }, 'anthropicApiKey: Invalid input: expected string, received array'],
  ['a list in place of the configuration', [], 'Invalid input: expected object, received array'],
  ['null', null, 'Invalid input: expected object, received null'],
  ['a server without command and url', { mcpServers: { x: { args: ['y'] } } }, 'mcpServers.x: needs either command or url'],
  ['a malformed tool pattern', { tools: { deny: ['write_file'] } }, 'tools.deny.0: must be *, mcp__server__tool, or end in *, got "write_file"'],
])('%s in the file stops the start, naming file and key', (_, content, message) => {
  const env = withFile(content);
  expect(refusal(env)).toMatch(new RegExp(`^${escape(`${env.HOME}/.code-executor/config.json: ${message}`)}`));
});

test('a default model that its own list does not hold stops the start and names both keys', () => {
  const env = withFile({ sampling: { allowedModels: ['claude-haiku-5-5'] } });
  expect(refusal(env)).toMatch(/config\.json: sampling\.allowedModels does not hold sampling\.defaultModel \(claude-sonnet-5-5\)/);
  expect(loadConfig({ env: withFile({ sampling: { allowedModels: ['claude-sonnet-4-5'] } }) }).config.sampling.defaultModel).toBe('claude-sonnet-5-5');
  expect(loadConfig({ env: withFile({ sampling: { allowedModels: ['x'], defaultModel: 'x' } }) }).config.sampling.allowedModels).toEqual(['x']);
});

test('CODE_EXECUTOR_CONFIG names another file, which must then be there', () => {
  const other = join(home(), 'other.json');
  const env = { ...withFile({ sampling: { enabled: true } }), CODE_EXECUTOR_CONFIG: other };
  expect(configPath(env)).toBe(other);
  expect(refusal(env)).toBe(`${other}: cannot be read (ENOENT)`);
  writeFileSync(other, '\uFEFF{"sampling":{"maxRoundsPerExecution":3}}');
  expect(loadConfig({ env }).config.sampling).toMatchObject({ enabled: false, maxRoundsPerExecution: 3 });
});

test('a configuration file that cannot be read stops the start', () => {
  const HOME = home();
  mkdirSync(join(HOME, '.code-executor/config.json'), { recursive: true });
  expect(refusal({ HOME })).toBe(`${HOME}/.code-executor/config.json: cannot be read (EISDIR)`);
});

test.runIf(process.platform !== 'win32')('a key in a file that others can read is warned of, naming the cure', () => {
  const exposed = withFile({ anthropicApiKey: key }, 0o644);
  const path = join(exposed.HOME, '.code-executor/config.json');
  expect(loadConfig({ env: exposed }).warnings).toEqual([`${path} holds anthropicApiKey and can be read by others. Run: chmod 600 ${path}`]);
  expect(loadConfig({ env: withFile({ anthropicApiKey: key }, 0o600) }).warnings).toEqual([]);
  expect(loadConfig({ env: withFile({ sampling: {} }, 0o644) }).warnings).toEqual([]);
});

test('a given configuration takes the place of the file, and the environment still wins', () => {
  const env = { ...withFile({ sampling: { maxRoundsPerExecution: 20 } }), CODE_EXECUTOR_MAX_SAMPLING_TOKENS: '500' };
  const { config, file } = loadConfig({ env, config: { sampling: { enabled: true } } });
  expect(file).toBeUndefined();
  expect(config.sampling).toMatchObject({ enabled: true, maxRoundsPerExecution: 10, maxTokensPerExecution: 500 });
});

test('anything at all in place of a configuration is either taken or refused with the one error', () => {
  const outcomes = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true }), (config) => {
      const error = thrownBy(() => loadConfig({ config: config as object, env: { HOME: '/nonexistent' } }));
      outcomes[error instanceof ExecutorError ? 'refused' : 'taken']++;
      expect(Array.isArray(error) || error instanceof ExecutorError).toBe(true);
    }),
    { seed: 5, numRuns: 1_000 },
  );
  expect(outcomes.refused).toBeGreaterThan(100);
});

function thrownBy(work: () => unknown): unknown {
  try {
    return [work(), 'and nothing was thrown'];
  } catch (error) {
    return error;
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
