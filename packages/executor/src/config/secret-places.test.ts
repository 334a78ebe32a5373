import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createExecutor } from '../executor.ts';
import { loadConfig, loadGuarded } from './load.ts';
import { readServersFile } from './project-servers.ts';
import { configSchema, type ConfigInput } from './schema.ts';

/** Text that only looks like a key, by number. */
const key = (n: number): string => ['sk', 'ant', 'test', 'k'.repeat(30), String(n)].join('-');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'executor-secrets-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function messageOf(work: () => unknown): string {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: 'ExecutorError', code: 'config' });
  return (thrown as Error).message;
}

/** A number and a short text that occur in no message by chance. */
const secret = fc.constantFrom<unknown>(90_817_263, 'zq7 zq', 'zq7zq@', ['zq7zq'], { zq7zq: 'zq7zq' }, false);
const places: Record<string, (value: unknown) => unknown> = {
  anthropicApiKey: (value) => ({ anthropicApiKey: typeof value === 'string' ? `${value} ` : value }),
  env: (value) => ({ mcpServers: { s: { command: 'x', env: { A: [value] } } } }),
  'a number in env': () => ({ mcpServers: { s: { command: 'x', env: { A: 90_817_263 } } } }),
  'the whole env': (value) => ({ mcpServers: { s: { command: 'x', env: [value] } } }),
  'env as a text': () => ({ mcpServers: { s: { command: 'x', env: 'zq7zq' } } }),
  headers: (value) => ({ mcpServers: { s: { url: 'http://x', headers: { Authorization: [value] } } } }),
  'a number in headers': () => ({ mcpServers: { s: { url: 'http://x', headers: { A: 90_817_263 } } } }),
  args: () => ({ mcpServers: { s: { command: 'x', args: ['--pin', 90_817_263] } } }),
  'an entry that is a text': () => ({ mcpServers: { s: 'zq7zq' } }),
  'servers that are a text': () => ({ mcpServers: 'zq7zq' }),
  'the whole file': () => 'zq7zq',
};

test.each(Object.keys(places))('no error shows a value of %s, whatever its length or type', (place) => {
  fc.assert(
    fc.property(secret, (value) => {
      const config = places[place]?.(value);
      if (configSchema.safeParse(config).success) return;
      expect(messageOf(() => loadConfig({ config: config as ConfigInput, env: {} }))).not.toMatch(/90817263|zq7|false/);
    }),
    { seed: 2, numRuns: 40 },
  );
});

test('the same holds for a file of servers', () => {
  const file = join(folder(), '.mcp.json');
  writeFileSync(file, JSON.stringify({ mcpServers: { s: { command: 'x', env: { PIN: 90_817_263 } } } }));
  expect(messageOf(() => readServersFile(file))).toBe(`${file}: mcpServers.s.env.PIN: Invalid input: expected string, received number`);
});

test('an address of the API with user, password, query or fragment is refused however it is spelled, and never shown', () => {
  const slashes = fc.stringMatching(/^[/\\]{0,4}$/);
  const tail = fc.constantFrom('u:p@host', 'u@host/v1', ':p@host', '@host', 'a\tb:c@host', 'host?key=1', 'host/v1#x', 'host/v1?k=u@v');
  fc.assert(
    fc.property(fc.constantFrom('http:', 'HTTPS:', ' http:', 'ht\ttp:'), slashes, tail, (scheme, between, rest) => {
      const anthropicBaseUrl = scheme + between + rest;
      expect(messageOf(() => loadConfig({ config: { anthropicBaseUrl }, env: {} }))).toMatch(/^the given configuration: anthropicBaseUrl: (?:Invalid URL|must be an http or https address without user, password, query and fragment)$/);
    }),
    { seed: 4, numRuns: 500 },
  );
  for (const anthropicBaseUrl of ['http://127.0.0.1:8080', 'https://example.org/v1/', 'HTTPS://example.org/team@work/v1', 'http://[::1]:1/']) {
    expect(loadConfig({ config: { anthropicBaseUrl }, env: {} }).config.anthropicBaseUrl).toBe(anthropicBaseUrl);
  }
});

test('no server gets the key of the file, also where the environment brings another, nor that one', async () => {
  const HOME = folder();
  const env = { HOME, ANTHROPIC_API_KEY: key(2), CODE_EXECUTOR_CONFIG: join(HOME, 'config.json') };
  const refused = /mcpServers\.s\.env\.TOKEN holds the value of .*, which is never passed on to another server/;
  for (const [n, expected] of [[1, refused], [2, refused], [3, /^started$/]] as const) {
    writeFileSync(env.CODE_EXECUTOR_CONFIG, JSON.stringify({ anthropicApiKey: key(1), mcpServers: { s: { command: 'x', env: { TOKEN: key(n) } } } }), { mode: 0o600 });
    const outcome = await createExecutor(undefined, { env }).then((executor) => executor.close().then(() => 'started'), (error: Error) => error.message);
    expect(outcome).toMatch(expected);
    expect(outcome).not.toContain('kkkk');
  }
});

test('the key of the file that is not in force is no part of what can be shown', () => {
  const options = { config: { anthropicApiKey: key(1) }, env: { ANTHROPIC_API_KEY: key(2) } };
  expect(loadGuarded(options).secrets.toSorted()).toEqual([key(1), key(2)]);
  expect(JSON.stringify(loadConfig(options))).not.toContain(key(1));
  expect(loadGuarded({ ...options, env: {} }).secrets).toEqual([key(1)]);
  expect(loadGuarded({ config: {}, env: {} }).secrets).toEqual([]);
});
