import { createEchoProvider, ERROR_STATUS, startBridge, type Bridge } from '@code-executor/bridge-core';
import { configJsonSchema, executionResultSchema, loadConfig, type ConfigInput } from '@code-executor/executor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationRows } from './rules/configuration.ts';
import { codeBlocks, section, tableRows } from './rules/markdown.ts';
import { listFiles, readText } from './support/workspace.ts';

const plain = (cell = ''): string => cell.replace(/^`(.*)`$/, '$1');

/** The first JSON block behind a marker. */
function example(document: string, marker: string): Record<string, unknown> {
  const rest = document.split(`<!-- ${marker} -->`)[1] ?? '';
  return JSON.parse(codeBlocks(rest)[0]?.text ?? 'null') as Record<string, unknown>;
}

describe('docs/configuration.md', () => {
  const document = readText('docs/configuration.md');

  it('lists every key of the schema with its values and its default, and no other', () => {
    const documented = tableRows(section(document, 'keys')).map(([key, value, fallback]) => ({ key: plain(key), value, fallback: plain(fallback) }));
    expect(documented).toEqual(configurationRows(configJsonSchema()));
  });

  it('says of every key what it means', () => {
    expect(tableRows(section(document, 'keys')).filter(([, , , meaning]) => (meaning ?? '').length < 10)).toEqual([]);
  });

  it('lists every variable that the configuration reads, with the key that it sets', () => {
    const source = readText('packages/executor/src/config/environment.ts');
    const variables = [...source.matchAll(/\['([A-Z_]+)', '([\w.]+)', \w+/g)].map(([, name, key]) => [name, key]);
    const documented = tableRows(section(document, 'variables')).map(([name, key]) => [plain(name), plain(key)]);
    expect(variables.length).toBeGreaterThanOrEqual(8);
    expect(documented.filter(([name]) => name !== 'CODE_EXECUTOR_CONFIG').sort()).toEqual(variables.sort());
    expect(listFiles('packages/executor/src/config', /\.ts$/).map(readText).join('\n')).toContain(`env['CODE_EXECUTOR_CONFIG']`);
  });

  it('shows an example that the product accepts', () => {
    expect(loadConfig({ config: example(document, 'config:valid') as ConfigInput, env: {} }).config.sampling.maxRoundsPerExecution).toBe(20);
  });

  it('agrees with the short table of the README', () => {
    const all = new Map(configurationRows(configJsonSchema()).map(({ key, fallback }) => [key, fallback.replaceAll('"', '')]));
    const rows = tableRows(readText('README.md').split('## Configuration')[1]?.split('\n## ')[0] ?? '');
    const pairs = rows.flatMap(([keys = '', defaults = '']) => keys.split(', ').map((key, index) => [plain(key), plain(defaults.split(', ')[index])] as const));
    expect(pairs.length).toBeGreaterThanOrEqual(10);
    expect(pairs.filter(([key]) => !all.has(key))).toEqual([]);
    expect(pairs.filter(([key, fallback]) => key?.startsWith('sampling.') && all.get(key) !== fallback)).toEqual([]);
  });
});

describe('docs/guide.md', () => {
  it('states the limits that hold by default', () => {
    const fallbacks = new Map(configurationRows(configJsonSchema()).map(({ key, fallback }) => [key, Number(fallback)]));
    const limits = readText('docs/guide.md').split('## Limits and what they cost')[1]?.split('\n## ')[0] ?? '';
    const documented = tableRows(limits).slice(0, 6).map(([, value]) => value);
    const seconds = (key: string): string => `${(fallbacks.get(key) ?? 0) / 1_000} s`;
    expect(documented).toEqual([
      String(fallbacks.get('sampling.maxRoundsPerExecution')),
      String(fallbacks.get('sampling.maxTokensPerExecution')),
      seconds('sampling.timeoutPerCallMs'),
      String(fallbacks.get('tools.maxCallsPerExecution')),
      seconds('runtime.defaultTimeoutMs'),
      `${fallbacks.get('runtime.typescriptMemoryMb')} MB TypeScript, ${(fallbacks.get('runtime.pythonMemoryMb') ?? 0) / 1_024} GB Python`,
    ]);
  });
});

describe('docs/errors.md', () => {
  const document = readText('docs/errors.md');

  it('lists every code of the bridge with its HTTP status, and no other', () => {
    const documented = Object.fromEntries(tableRows(section(document, 'codes')).map(([code, status]) => [plain(code), Number(status)]));
    expect(documented).toEqual(ERROR_STATUS);
  });

  it('begins the messages that programs rely on as the sources do', () => {
    const sources = listFiles('packages', /^packages\/(?:bridge-core|tool-gateway|executor)\/src\/.*(?<!\.test)\.ts$/).map(readText).join('\n');
    for (const beginning of ['Sampling not enabled. Pass enableSampling: true', 'Rate limit exceeded: ', 'Token budget exceeded: ', 'System prompt not in allowlist: ', 'Model not in allowlist: ', 'Content filter violation: ', 'Tool not allowed: ', 'ANTHROPIC_API_KEY not set', 'Sampling timed out after ', 'Invalid request: ', 'Unauthorized', 'Bridge server failed to start: ', 'Tool call limit exceeded: ']) {
      expect(document).toContain(`\`${beginning}`);
      expect(sources).toContain(beginning);
    }
  });

  it('lists every kind of failure of a result', () => {
    const kinds = executionResultSchema.shape.error.unwrap().shape.kind.options;
    expect(tableRows(section(document, 'kinds')).map(([kind]) => plain(kind))).toEqual(kinds);
  });

  it('lists every exit status of the command line', () => {
    const table = /EXIT = \{([^}]+)\}/.exec(readText('apps/cli/src/exit-codes.ts'))?.[1] ?? '';
    const statuses = [...table.matchAll(/(\w+): (\d+)/g)].map(([, name, status]) => [status, name]);
    expect(tableRows(section(document, 'exits')).map(([status, name]) => [status, plain(name)])).toEqual(statuses);
  });

  it('names the error class of every package', () => {
    for (const [name = '', errorClass = ''] of tableRows(document).filter(([cell]) => cell?.startsWith('`@code-executor/'))) {
      expect(readText(`packages/${plain(name).split('/')[1]}/src/errors.ts`)).toContain(`export class ${plain(errorClass)} extends Error`);
    }
  });
});

describe('docs/wire-protocol.md', () => {
  const document = readText('docs/wire-protocol.md');
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await startBridge({ provider: createEchoProvider() });
  });
  afterAll(() => bridge.close());

  const post = async (path: string, token: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${bridge.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };

  it('lists every route of the bridge', () => {
    const routes = [...readText('packages/bridge-core/src/http/admission.ts').matchAll(/^ {2}'(\/[\w/]+)': '(GET|POST)'/gm)].map(([, path, method]) => `${method} ${path}`);
    const documented = tableRows(document).flatMap(([route]) => (/^`(?:GET|POST) /.test(route ?? '') ? [plain(route)] : []));
    expect(routes.length).toBeGreaterThanOrEqual(4);
    expect(documented).toEqual(routes);
  });

  it('shows a request that the bridge answers, and an answer of the form that it gives', async () => {
    const { token } = bridge.openSession({ executionId: 'documents' });
    const answer = await post('/sample', token, example(document, 'sample:request'));
    const shown = example(document, 'sample:response');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(Object.keys(shown));
    expect(Object.keys(answer.body['usage'] as object)).toEqual(Object.keys(shown['usage'] as object));
    expect(Object.keys(answer.body['budget'] as object)).toEqual(Object.keys(shown['budget'] as object));
  });

  it('shows a tool call that the bridge hands on, and the result as it comes back', async () => {
    const tools = { call: async (name: string, args: Record<string, unknown>) => ({ name, args }), list: async () => [] };
    const { token } = bridge.openSession({ executionId: 'documents', tools });
    const request = example(document, 'tool:request');
    expect(await post('/tools/call', token, request)).toEqual({ status: 200, body: { result: { name: request['name'], args: request['arguments'] } } });
  });

  it('shows errors in the form that they have', async () => {
    const { token } = bridge.openSession({ executionId: 'documents' });
    const refusal = await post('/sample', token, { messages: [] });
    const shown = example(document, 'error:response');
    expect(refusal.status).toBe(400);
    expect(Object.keys(shown)).toEqual(['error', 'code', 'quotaRemaining', 'budget']);
    expect(Object.keys(refusal.body)).toEqual(['error', 'code', 'budget']);
    expect((await post('/sample', 'x', {})).status).toBe(401);
  });
});
