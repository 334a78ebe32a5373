import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ExecutorError } from '../errors.ts';
import { isDeeper, readJsonFile } from './json-file.ts';
import { loadConfig } from './load.ts';
import { readServersFile } from './project-servers.ts';

function freshFile(content?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'executor-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'config.json');
  if (content !== undefined) writeFileSync(file, content);
  return file;
}

/** A value in an entry of a server, so many levels below the root. */
const nested = (levels: number): string => `{"mcpServers":{"s":{"command":"x","more":${'['.repeat(levels - 3)}${']'.repeat(levels - 3)}}}}`;

/** Both ways in which a file becomes configuration. */
const readers: [string, (file: string) => unknown][] = [
  ['a configuration file', (file) => loadConfig({ env: { CODE_EXECUTOR_CONFIG: file } })],
  ['a file of servers', (file) => readServersFile(file)],
];

test.runIf(process.platform !== 'win32').each(readers)('%s that is a pipe or a device is refused at once', (_, read) => {
  const pipe = freshFile();
  execFileSync('mkfifo', [pipe]);
  for (const file of [pipe, '/dev/null', '/dev/zero']) expect(() => read(file)).toThrow(new ExecutorError('config', `${file}: must be a regular file, not a pipe or a device`));
});

test.each(readers)('%s may have 1 MiB and not more', (_, read) => {
  const padded = (bytes: number): string => `${' '.repeat(bytes - 2)}{}`;
  expect(read(freshFile(padded(1024 * 1024)))).toBeDefined();
  const file = freshFile(padded(1024 * 1024 + 1));
  expect(() => read(file)).toThrow(new ExecutorError('config', `${file}: larger than 1048576 bytes`));
});

test.each(readers)('%s may nest 64 levels and not more', (_, read) => {
  expect(read(freshFile(nested(64)))).toBeDefined();
  for (const levels of [65, 20_000, 500_000]) {
    const file = freshFile(nested(levels));
    expect(() => read(file)).toThrow(new ExecutorError('config', `${file}: nested deeper than 64 levels`));
  }
});

test('a given configuration that is too deep, or refers to itself, is refused in the same way', () => {
  const cycle: Record<string, unknown> = { command: 'x' };
  Object.assign(cycle, { first: cycle, second: [cycle, cycle] });
  for (const given of [JSON.parse(nested(20_000)) as object, { mcpServers: { s: cycle } }]) {
    expect(() => loadConfig({ config: given, env: { CODE_EXECUTOR_SAMPLING_ENABLED: '1' } })).toThrow(new ExecutorError('config', 'the given configuration: nested deeper than 64 levels'));
  }
});

test('levels are counted as brackets nest, and what is shared is looked at once', () => {
  expect([5, 'text', null].map((value) => isDeeper(value, 0))).toEqual([false, false, false]);
  expect([isDeeper({}, 0), isDeeper({}, 1), isDeeper([{ a: [] }], 2), isDeeper([{ a: [] }], 3)]).toEqual([true, false, true, false]);
  let shared: unknown = [];
  for (let level = 0; level < 60; level++) shared = [shared, shared];
  expect(isDeeper(shared, 64)).toBe(false);
});

test.runIf(process.platform === 'linux')('a regular file whose size is not known beforehand is read to its end', () => {
  expect(readJsonFile('/proc/sys/kernel/pid_max', false)).toBeGreaterThan(0);
});

test('a missing file is nothing only where it may be missing', () => {
  const file = freshFile();
  expect(readJsonFile(file, true)).toBeUndefined();
  expect(() => readJsonFile(file, false)).toThrow(`${file}: cannot be read (ENOENT)`);
});
