import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { VARIABLES } from '../src/config/environment.ts';
import { freshFolder } from './support.ts';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the example of the README runs as it stands', async () => {
  const example = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? '';
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(10);
  const folder = freshFolder();
  const program = join(folder, 'example.ts');
  writeFileSync(program, example.replace('@code-executor/executor', join(import.meta.dirname, '../src/index.ts')));
  const env = { HOME: folder, PATH: process.env['PATH'] };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@code-executor/source', program], { env });
  expect(stdout).toMatch(/^\[echo: .*\] You asked: What is 2\+2\?/);
  expect(stdout).toMatch(/rounds: 9, tokens: \d+/);
  expect(stdout).toContain('totalRounds: 1');
});

test('the README names every variable and what it sets', () => {
  for (const [variable, path] of VARIABLES) {
    const row = readme.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${variable}\``));
    expect([variable, row]).toEqual([variable, expect.stringContaining(`\`${path}\``)]);
  }
});
