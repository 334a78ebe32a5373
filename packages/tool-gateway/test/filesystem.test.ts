import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, fixture, open } from './fixtures/harness.ts';
import type { TestGateway } from './fixtures/harness.ts';

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'gateway-')));
  await writeFile(join(folder, 'a.txt'), 'first file\n');
  await writeFile(join(folder, 'b.txt'), 'second file');
  await writeFile(join(folder, 'empty.txt'), '');
  gateway = open({ filesystem: { command: 'mcp-server-filesystem', args: [folder] }, files: fixture() });
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

test('a file of the real filesystem server comes back as a string', async () => {
  const tools = gateway.scope(['mcp__filesystem__read_file']);
  expect(await tools.call('mcp__filesystem__read_file', { path: join(folder, 'a.txt') })).toBe('first file\n');
  expect(await tools.call('mcp__filesystem__read_file', { path: join(folder, 'empty.txt') })).toBe('');
});

test('a directory of the real filesystem server comes back as its text', async () => {
  const listing = await gateway.scope(['mcp__filesystem__*']).call('mcp__filesystem__list_directory', { path: folder });
  expect(listing).toBe('[FILE] a.txt\n[FILE] b.txt\n[FILE] empty.txt');
});

test('a structured directory can be walked file by file', async () => {
  const tools = gateway.scope(['mcp__files__*']);
  const files = (await tools.call('mcp__files__list_directory', { path: folder })) as { entries: { name: string; path: string; type: string }[] };
  const seen: string[] = [];
  for (const file of files.entries) seen.push(`${file.type} ${file.name}: ${String(await tools.call('mcp__files__read_file', { path: file.path }))}`);
  expect(seen).toEqual(['file a.txt: first file\n', 'file b.txt: second file', 'file empty.txt: ']);
});

test('what is written is read back', async () => {
  const tools = gateway.scope(['*']);
  const path = join(folder, 'new.txt');
  const content = 'zeile 1\nzeile 2 \u2014 \u{1F600}';
  await tools.call('mcp__filesystem__write_file', { path, content });
  expect(await tools.call('mcp__filesystem__read_text_file', { path })).toBe(content);
  await rm(path);
});

test('the refusal of the server is an error with its words', async () => {
  const error = await failure(gateway.scope(['*']).call('mcp__filesystem__read_file', { path: '/etc/passwd' }));
  expect(error.code).toBe('tool_error');
  expect(error.message).toMatch(/^Tool mcp__filesystem__read_file failed: Access denied/u);
});

test('arguments that do not fit are named by their path before the server is asked', async () => {
  const call = (args: Record<string, unknown>): Promise<unknown> => gateway.scope(['*']).call('mcp__filesystem__read_file', args);
  expect(await failure(call({ path: 5 }))).toMatchObject({ code: 'tool_arguments', message: 'Invalid arguments for mcp__filesystem__read_file: /path must be string (got number)' });
  expect(await failure(call({}))).toMatchObject({ message: 'Invalid arguments for mcp__filesystem__read_file: /path is required' });
  expect(await failure(call([] as never))).toMatchObject({ code: 'tool_arguments', message: 'Invalid arguments for mcp__filesystem__read_file: they are not an object but array' });
});

test('the list holds what is allowed and no more, and a query ranks it', async () => {
  const names = async (allowed: string[], query?: string): Promise<string[]> => (await gateway.scope(allowed).list(query)).map(({ name }) => name);
  expect(await names(['mcp__filesystem__read_*'])).toEqual([
    'mcp__filesystem__read_file',
    'mcp__filesystem__read_media_file',
    'mcp__filesystem__read_multiple_files',
    'mcp__filesystem__read_text_file',
  ]);
  expect((await names(['*'], 'search files'))[0]).toBe('mcp__filesystem__search_files');
  expect(await names(['*'], 'zzz qqq')).toEqual([]);
  const [tool] = await gateway.scope(['mcp__filesystem__read_file']).list();
  expect(tool).toMatchObject({ inputSchema: { type: 'object', required: ['path'] }, outputSchema: { type: 'object' } });
  expect(Object.keys(tool ?? {}).sort()).toEqual(['description', 'inputSchema', 'name', 'outputSchema']);
});
