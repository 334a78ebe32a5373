import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { VERSION } from '../src/version.ts';

const root = dirname(import.meta.dirname);

test('the example of the README prints what the README says', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/su.exec(readme) ?? [];
  const [, printed = ''] = /```text\n(.*?)```/su.exec(readme) ?? [];
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@code-executor/source', '--input-type=module-typescript', '--eval', code], { cwd: root });
  expect(stdout).toBe(printed);
});

test('the version told to servers is that of the package', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(VERSION).toBe(manifest.version);
});
