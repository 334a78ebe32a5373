import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { configSchema, type ConfigInput } from './schema.ts';
import { maskConfig } from './show.ts';

/** Secrets by number, made here so that no source file holds one. */
const secret = (n: number): string => `s3cr3t${'x7'.repeat(10)}${n}`;
const mask = (input: ConfigInput) => maskConfig(configSchema.parse(input));

test('the key and everything that a server gets in env and headers is masked, references to variables are not', () => {
  const { anthropicApiKey, mcpServers } = mask({
    anthropicApiKey: secret(1),
    mcpServers: {
      a: { command: 'node', args: ['server.js', '--verbose'], env: { TOKEN: secret(2), HOME_DIR: '${HOME}' }, cwd: '/srv' },
      b: { type: 'http', url: 'https://example.org/mcp', headers: { Authorization: `Bearer ${secret(3)}` } },
    },
  });
  expect(anthropicApiKey).toBe('********');
  expect(mcpServers).toEqual({
    a: { command: 'node', args: ['server.js', '--verbose'], env: { TOKEN: '********', HOME_DIR: '${HOME}' }, cwd: '/srv' },
    b: { type: 'http', url: 'https://example.org/mcp', headers: { Authorization: '********' } },
  });
});

test.each<[string[], string[]]>([
  [['--api-key', secret(1), 'folder'], ['--api-key', '********', 'folder']],
  [[`--token=${secret(1)}`, '--port=80'], ['--token=********', '--port=80']],
  [['-e', `DB_PASSWORD=${secret(1)}`], ['-e', 'DB_PASSWORD=********']],
  [['-e', 'DB_PASSWORD=${DB_PASSWORD}'], ['-e', 'DB_PASSWORD=${DB_PASSWORD}']],
  [[`postgres://user:${secret(1)}@host/db`], ['postgres://********@host/db']],
  [['--header', `Authorization: Bearer ${secret(1)}`], ['--header', '********']],
  [['--db-pass', secret(1)], ['--db-pass', '********']],
  [[secret(1)], ['********']],
  [['123e4567-e89b-12d3-a456-426614174000'], ['********']],
  [['--max-old-space-size=4096', '--plugin', 'name', 'server-2026-03-26'], ['--max-old-space-size=4096', '--plugin', 'name', 'server-2026-03-26']],
  [['-y', '@modelcontextprotocol/server-filesystem@2026.8.31', '/home/someone/notes'], ['-y', '@modelcontextprotocol/server-filesystem@2026.8.31', '/home/someone/notes']],
])('of the arguments %j are shown %j', (args, shown) => {
  expect(mask({ mcpServers: { x: { command: 'npx', args } } }).mcpServers['x']?.args).toEqual(shown);
});

test('addresses lose user, password and query values', () => {
  const parsed = configSchema.parse({ mcpServers: { x: { url: `https://example.org/mcp?key=${secret(2)}&mode=fast#${secret(3)}` } } });
  // The schema refuses such an address; what shows a configuration does not rely on that.
  const config = maskConfig({ ...parsed, anthropicBaseUrl: `https://user:${secret(1)}@example.org/v1` });
  expect(config.anthropicBaseUrl).toBe('https://********@example.org/v1');
  expect(config.mcpServers['x']?.url).toBe('https://example.org/mcp?key=********&mode=********#********');
});

test('keys of a server that are not known to us are masked, whatever they hold', () => {
  const input = { mcpServers: { x: { command: 'node', oauth: { clientSecret: secret(1), scopes: [secret(2)] }, timeout: 5 } } };
  expect(mask(input as ConfigInput).mcpServers['x']).toEqual({ command: 'node', oauth: { clientSecret: '********', scopes: ['********'] }, timeout: 5 });
});

test('of whatever a server may be given beside its program, no text is shown that is not its address or one of its words', () => {
  const drawn = fc.stringMatching(/^[a-z][a-z0-9]{19}[0-9]$/);
  const entry = fc.record({ env: fc.dictionary(fc.string(), drawn), headers: fc.dictionary(fc.string(), drawn), args: fc.array(drawn), extra: fc.jsonValue() }, { requiredKeys: [] });
  fc.assert(
    fc.property(entry, (given) => {
      const shown = JSON.stringify(mask({ mcpServers: { x: { command: 'node', ...given } } }).mcpServers['x']);
      const texts = [...Object.values(given.env ?? {}), ...Object.values(given.headers ?? {}), ...(given.args ?? [])];
      expect(texts.filter((text) => shown.includes(JSON.stringify(text)))).toEqual([]);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('the configuration itself stays as it was', () => {
  const config = configSchema.parse({ anthropicApiKey: secret(1) });
  maskConfig(config);
  expect(config.anthropicApiKey).toBe(secret(1));
});
