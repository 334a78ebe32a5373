import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createExecutor } from '../executor.ts';
import { readServersFile } from './project-servers.ts';

/** A folder of its own with such a `.mcp.json`. */
function folderWith(content?: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'executor-servers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (content !== undefined) writeFileSync(join(folder, '.mcp.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const theirs = { command: 'somebody-elses-program' };

test('the servers of a file are read in the shape that other clients use', () => {
  const servers = { a: { command: 'node', args: ['x.js'], env: { A: '${B}' } }, b: { type: 'http', url: 'https://example.org/mcp', description: 'kept' } };
  expect(readServersFile(join(folderWith({ mcpServers: servers, other: 1 }), '.mcp.json'))).toEqual(servers);
  expect(readServersFile(join(folderWith({}), '.mcp.json'))).toEqual({});
});

test('a missing file means no servers only where it may be missing', () => {
  const file = join(folderWith(), '.mcp.json');
  expect(readServersFile(file, true)).toEqual({});
  expect(() => readServersFile(file)).toThrow(`${file}: cannot be read (ENOENT)`);
});

test.each<[unknown, string]>([
  ['{"mcpServers": ', 'not valid JSON'],
  [[], 'must hold an object with the key mcpServers'],
  ['"text"', 'must hold an object with the key mcpServers'],
  [{ mcpServers: [] }, 'mcpServers: Invalid input: expected record, received array'],
  [{ mcpServers: null }, 'mcpServers: Invalid input: expected record, received null'],
  [{ mcpServers: { x: {} } }, 'mcpServers.x: needs either command or url'],
  [{ mcpServers: { x: { command: 'a', url: 'b' } } }, 'mcpServers.x: needs either command or url'],
  [{ mcpServers: { x: { command: 5 } } }, 'mcpServers.x.command: Invalid input: expected string, received number, got 5'],
])('the file %j is refused with its name, the key and the cause', (content, message) => {
  const file = join(folderWith(content), '.mcp.json');
  expect(() => readServersFile(file, true)).toThrow(`${file}: ${message}`);
});

test('the servers of a project join only on request, and never replace one of the user', async () => {
  const cwd = folderWith({ mcpServers: { shared: theirs, theirs } });
  const ours = { command: 'my-program' };
  const serversUnder = async (projectServers: boolean): Promise<object> => {
    const executor = await createExecutor({ mcpServers: { shared: ours }, projectServers }, { env: { HOME: cwd }, cwd });
    await executor.close();
    return executor.config.mcpServers;
  };
  expect(await serversUnder(false)).toEqual({ shared: ours });
  expect(await serversUnder(true)).toEqual({ shared: ours, theirs });
});

test('a broken file of a project that nobody asked for stops nothing', async () => {
  const cwd = folderWith('broken');
  const executor = await createExecutor({}, { env: { HOME: cwd }, cwd });
  await executor.close();
  await expect(createExecutor({ projectServers: true }, { env: { HOME: cwd }, cwd })).rejects.toMatchObject({ code: 'config', message: `${cwd}/.mcp.json: not valid JSON` });
});
