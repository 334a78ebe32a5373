import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..');

test('the example of the README runs and prints what the README says', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, program = '', output = ''] = /```ts\n([\s\S]*?)```\s+prints\s+```text\n([\s\S]*?)```/.exec(readme) ?? [];
  const printed = execFileSync(process.execPath, ['--conditions=@code-executor/source', '--input-type=module-typescript', '-'], {
    cwd: folder,
    input: program,
    encoding: 'utf8',
  });
  expect(printed).toBe(output);
  expect(output).not.toBe('');
});
