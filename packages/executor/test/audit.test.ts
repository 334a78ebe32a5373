import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashText, verifyAuditLog } from '@code-executor/audit-log';
import { canonicalPrompt } from '@code-executor/bridge-core';
import { expect, test } from 'vitest';
import { entriesServer, FAKE, freshFolder, openWorld, type World } from './support.ts';

/** Everything that the directory of a log holds. */
function everythingIn(folder: string): string {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1')).join('\n');
}

const words = { prompt: 'plaintext-of-a-prompt', response: 'plaintext-of-a-response', code: 'plaintext_of_code', file: 'plaintext-of-a-file' };

/** One world, several executions: answered, redacted, refused, failed, a tool call, and an error. */
async function mixedRun(world: World): Promise<void> {
  const secret = JSON.stringify(FAKE.openaiKey());
  await world.typescript(`
    const ${words.code} = await llm.ask('${words.prompt} ' + ${secret});
    await llm.ask('fail').catch(() => {});
    await llm.ask('x', { systemPrompt: 'plaintext-of-a-system-prompt' }).catch(() => {});
    await callMCPTool('mcp__files__read_file', { path: 'note.txt' });
    await callMCPTool('mcp__other__tool', {}).catch(() => {});
  `, { allowedTools: ['mcp__files__*'] });
  await world.typescript(`throw new Error('plaintext-of-an-error ' + ${secret})`);
}

async function mixedWorld(sampling = {}, audit = {}): Promise<World> {
  const folder = freshFolder();
  writeFileSync(join(folder, 'note.txt'), words.file);
  return openWorld({
    config: { sampling, audit, mcpServers: { files: entriesServer(folder) } },
    script: ({ messages }) =>
      messages[0]?.content === 'fail' ? { kind: 'error', status: 500, message: 'plaintext-of-a-failure' } : { kind: 'answer', text: `${words.response} ${FAKE.email()} ${FAKE.githubToken()}`, usage: { input_tokens: 40, output_tokens: 35 } },
  });
}

test('after a mixed run the log verifies, with one line per call and no text of anyone', async () => {
  const world = await mixedWorld();
  await mixedRun(world);
  await world.executor.close();
  expect(await verifyAuditLog({ path: world.logPath })).toMatchObject({ status: 'intact', entries: 7 });
  expect(world.records().map(({ kind, status, errorCode, round, tool }) => [kind, status, errorCode ?? '', round ?? tool ?? ''])).toEqual([
    ['sampling', 'success', '', 1],
    ['sampling', 'error', 'provider_unavailable', 2],
    ['sampling', 'error', 'system_prompt', 0],
    ['tool', 'success', '', 'mcp__files__read_file'],
    // A name that was refused is the program's own choice, and so a text.
    ['tool', 'error', 'tool_not_allowed', expect.stringMatching(/^hmac-sha256:/)],
    ['execution', 'success', '', ''],
    ['execution', 'error', 'exception', ''],
  ]);
  expect(world.records()[0]?.['contentViolations']).toEqual([
    { type: 'secret', pattern: 'openai_key', count: 1, direction: 'prompt' },
    { type: 'pii', pattern: 'email', count: 1, direction: 'response' },
    { type: 'secret', pattern: 'github_token', count: 1, direction: 'response' },
  ].sort((a, b) => a.direction.localeCompare(b.direction)).map((found) => expect.objectContaining(found)));
  const everything = everythingIn(dirname(world.logPath));
  for (const text of ['plaintext', 'note.txt', 'mcp__other__tool', FAKE.openaiKey(), FAKE.githubToken(), FAKE.email(), world.api.apiKey]) expect(everything).not.toContain(text);
});

test('the ways in which the guide reads the log work as they are', async () => {
  const world = await mixedWorld();
  await mixedRun(world);
  const shell = (command: string): string => execFileSync('sh', ['-c', command.replaceAll('LOG', world.logPath)], { encoding: 'utf8' }).trim();
  expect(shell(`grep -c '"kind":"sampling"' LOG`)).toBe('3');
  expect(shell(`grep '"status":"error"' LOG`).split('\n')).toHaveLength(4);
  // jq -s 'map(.tokensUsed) | add'
  const tokens = world.records().reduce((sum, { tokensUsed = 0 }) => sum + Number(tokensUsed), 0);
  const spent = world.records().filter(({ kind }) => kind === 'execution').reduce((sum, { tokensTotal = 0 }) => sum + Number(tokensTotal), 0);
  expect(tokens).toBe(spent);
  for (const record of world.records()) expect(record).toMatchObject({ timestamp: expect.stringMatching(/^\d{4}-.*Z$/), executionId: expect.stringMatching(/^exec-/) });
});

test('a hash can be checked against a text by whoever has the text and the key', async () => {
  const plain = await mixedWorld({}, { hash: 'sha256' });
  const keyed = await mixedWorld();
  const prompt = canonicalPrompt({ systemPrompt: 'You are a helpful assistant', messages: [{ role: 'user', content: 'hello' }] });
  const response = `${words.response} [REDACTED_PII] [REDACTED_SECRET]`;
  for (const [world, key] of [[plain, undefined], [keyed, { file: `${keyed.logPath}.key` }]] as const) {
    await world.typescript(`await llm.ask('hello', { systemPrompt: 'You are a helpful assistant' })`);
    expect(world.records()[0]).toMatchObject({ promptHash: hashText(prompt, key), responseHash: hashText(response, key) });
  }
});

test('log and key are for their owner alone', async () => {
  const world = await mixedWorld();
  await world.typescript('console.log(1)');
  const mode = (path: string): number => statSync(path).mode & 0o777;
  // Windows has no such modes; there the folder's own permissions count.
  const owner = process.platform === 'win32' ? 0o666 : 0o600;
  expect([mode(world.logPath), mode(`${world.logPath}.key`)]).toEqual([owner, owner]);
});

test('where the log cannot be opened nothing runs, and nothing is answered', async () => {
  const folder = freshFolder();
  const path = join(folder, 'audit-log.jsonl');
  mkdirSync(path);
  const world = await openWorld({ config: { audit: { path } } });
  const result = await world.executor.run({ language: 'typescript', code: 'console.log(await llm.ask("x"))' });
  expect(result).toMatchObject({ success: false, output: '', error: { kind: 'unavailable', code: 'audit_unavailable', message: expect.stringContaining(path) } });
  expect(world.api.requests).toEqual([]);
  const { ready, checks } = await world.executor.report();
  expect([ready, checks.find(({ name }) => name === 'audit log')?.status]).toEqual([false, 'error']);

  // Once the cause is gone, the same executor works.
  rmSync(path, { recursive: true });
  expect((await world.executor.run({ language: 'typescript', code: 'console.log(1)' })).output).toBe('1\n');
});

test('where the log cannot be written in the middle of a run the answer is withheld, and so is the result', async () => {
  const world = await openWorld({
    script: () => {
      // Something else now stands where the log was.
      rmSync(world.logPath);
      mkdirSync(world.logPath);
      return { kind: 'answer', text: 'unlogged' };
    },
  });
  const result = await world.typescript('console.log(await llm.ask("x").catch((error) => error.code)); export default 5;');
  expect(result).toMatchObject({ success: false, output: '', error: { kind: 'unavailable', code: 'audit_unavailable' } });
  expect(result).not.toHaveProperty('result');
  expect(JSON.stringify(result)).not.toContain('unlogged');
  expect(result.samplingMetrics?.totalRounds).toBe(1);
});
