import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExecutor, type ConfigInput } from '../src/index.ts';
import { entriesServer, FAKE, freshFolder, openWorld, type World } from './support.ts';

async function worldWith(config: ConfigInput = {}): Promise<World> {
  const folder = freshFolder();
  writeFileSync(join(folder, 'note.txt'), `key: ${FAKE.githubToken()}, ask ${FAKE.email()}`);
  return openWorld({ config: { mcpServers: { files: entriesServer(folder), other: entriesServer(folder) }, ...config } });
}

const READ = `
  const read = (server) => callMCPTool('mcp__' + server + '__read_file', { path: 'note.txt' }).then(() => 'read', (error) => error.message);
  export default [await read('files'), await read('other')];
`;

test('an execution may call the tools that it was given, and no other', async () => {
  const world = await worldWith();
  const refused = (server: string): string => `Tool not allowed: mcp__${server}__read_file`;
  expect((await world.typescript(READ)).result).toEqual([refused('files'), refused('other')]);
  expect((await world.typescript(READ, { allowedTools: ['mcp__files__read_file'] })).result).toEqual(['read', refused('other')]);
  expect((await world.typescript(READ, { allowedTools: ['mcp__files__read_*'] })).result).toEqual(['read', refused('other')]);
  expect((await world.typescript(READ, { allowedTools: ['mcp__files__read'] })).result).toEqual([refused('files'), refused('other')]);
  expect((await world.typescript(READ, { allowedTools: ['*'] })).result).toEqual(['read', 'read']);
});

test('the operator bounds what an execution may ask for, and deny wins', async () => {
  const world = await worldWith({ tools: { allow: ['mcp__files__*', 'mcp__other__*'], deny: ['mcp__other__read_file'] } });
  expect((await world.typescript(READ, { allowedTools: ['*'] })).result).toEqual(['read', 'Tool not allowed: mcp__other__read_file']);
  expect((await world.typescript(READ, { allowedTools: ['mcp__other__read_file'] })).result).toEqual([
    'Tool not allowed: mcp__files__read_file',
    'Tool not allowed: mcp__other__read_file',
  ]);
});

test('discovery shows what may be called, and nothing else', async () => {
  const world = await worldWith();
  const result = await world.typescript(
    `
    const names = (await discoverMCPTools()).map(({ name }) => name).sort();
    const hidden = await getToolSchema('mcp__other__read_file').catch((error) => error.code);
    export default { names, hidden, found: (await searchTools('read', 1)).map(({ name }) => name) };
    `,
    { allowedTools: ['mcp__files__read_file', 'mcp__files__list_directory'] },
  );
  expect(result.result).toEqual({ names: ['mcp__files__list_directory', 'mcp__files__read_file'], hidden: 'tool_not_allowed', found: ['mcp__files__read_file'] });
});

test.each([['files__read'], ['mcp__files'], ['mcp__*__read_file'], ['']])('the entry %j of allowedTools is refused before anything runs', async (entry) => {
  const world = await worldWith();
  const result = await world.typescript('console.log(1)', { allowedTools: ['mcp__files__*', entry] });
  expect(result.error).toMatchObject({ kind: 'policy', code: 'invalid_request', message: expect.stringMatching(/^Invalid request: allowedTools/) });
  expect(result.output).toBe('');
});

test('arguments that do not fit are named, and a failing tool is an error that the program can catch', async () => {
  const world = await worldWith();
  const result = await world.typescript(
    `
    const codes = [];
    for (const args of [{}, { path: 5 }, { path: 'a', extra: 1 }, { path: 'missing.txt' }])
      await callMCPTool('mcp__files__read_file', args).catch((error) => codes.push(error.code));
    await callMCPTool('mcp__files__no_such_tool', {}).catch((error) => codes.push(error.code));
    await callMCPTool('mcp__nowhere__tool', {}).catch((error) => codes.push(error.code));
    export default codes;
    `,
    { allowedTools: ['*'] },
  );
  expect(result.result).toEqual(['tool_arguments', 'tool_arguments', 'tool_arguments', 'tool_error', 'tool_not_found', 'tool_not_found']);
  expect(result.toolCalls.map(({ tool, calls, errors }) => [tool, calls, errors])).toEqual([
    ['mcp__files__read_file', 4, 4],
    ['mcp__files__no_such_tool', 1, 1],
    ['mcp__nowhere__tool', 1, 1],
  ]);
});

test('tool calls stop at their limit, in parallel too', async () => {
  const world = await worldWith();
  const result = await world.typescript(
    `
    const calls = Array.from({ length: 20 }, () => callMCPTool('mcp__files__list_directory', { path: '.' }));
    const outcomes = await Promise.allSettled(calls);
    export default outcomes.filter(({ status }) => status === 'fulfilled').length + ' ' + outcomes.find(({ status }) => status === 'rejected').reason.message;
    `,
    { allowedTools: ['*'], maxToolCalls: 7 },
  );
  expect(result.result).toBe('7 Tool call limit exceeded: 7/7 calls used');
  expect(result.toolCalls).toMatchObject([{ calls: 20, errors: 13 }]);
});

test.each([
  ['off', `key: ${FAKE.githubToken()}, ask ${FAKE.email()}`],
  ['secrets', `key: [REDACTED_SECRET], ask ${FAKE.email()}`],
  ['all', 'key: [REDACTED_SECRET], ask [REDACTED_PII]'],
] as const)('filterToolResults "%s" decides what of a tool\'s text arrives', async (filterToolResults, arrived) => {
  const world = await worldWith({ sampling: { filterToolResults } });
  const result = await world.typescript(`console.log(await callMCPTool('mcp__files__read_file', { path: 'note.txt' }))`, { allowedTools: ['*'] });
  expect(result.output).toBe(`${arrived}\n`);
});

test('what a program passes from a tool to the model loses its secrets on the way', async () => {
  const world = await worldWith();
  const result = await world.typescript(`await llm.ask(await callMCPTool('mcp__files__read_file', { path: 'note.txt' }))`, { allowedTools: ['*'] });
  expect(world.api.requests[0]?.messages).toEqual([{ role: 'user', content: `key: [REDACTED_SECRET], ask ${FAKE.email()}` }]);
  expect(result.samplingCalls?.[0]?.messages).toEqual([{ role: 'user', content: 'key: [REDACTED_SECRET], ask [REDACTED_PII]' }]);
});

test('a downstream server gets neither our key nor our environment', async () => {
  const world = await worldWith();
  const result = await world.typescript(`console.log(await callMCPTool('mcp__files__environment', { path: '' }))`, { allowedTools: ['*'] });
  const environment = JSON.parse(result.output) as Record<string, string>;
  expect(environment).not.toHaveProperty('ANTHROPIC_API_KEY');
  expect(JSON.stringify(environment)).not.toContain(world.api.apiKey);
  const configured = { mcpServers: { leak: { command: 'x', env: { KEY: '${ANTHROPIC_API_KEY}' } } } };
  await expect(createExecutor(configured, { env: world.env })).rejects.toMatchObject({ code: 'config', message: expect.stringMatching(/mcpServers\.leak\.env\.KEY/) });
});

test('a server that cannot be started fails its own calls alone', async () => {
  const folder = freshFolder();
  const world = await openWorld({ config: { mcpServers: { broken: { command: 'no-such-program-anywhere' }, files: entriesServer(folder) } } });
  const result = await world.typescript(
    `
    const broken = await callMCPTool('mcp__broken__x', {}).catch((error) => error.code);
    export default [broken, (await callMCPTool('mcp__files__list_directory', { path: '.' })).entries, (await discoverMCPTools()).length > 0];
    `,
    { allowedTools: ['*'] },
  );
  expect(result.result).toEqual(['tool_unavailable', [], true]);
  expect(result.warnings).toEqual([{ code: 'tool_unavailable', message: expect.stringContaining('broken') }]);
});
