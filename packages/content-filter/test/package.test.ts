import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('the sources import only each other and use nothing that a browser lacks', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const source = readFileSync(join(root, 'src', file), 'utf8');
    const imported = [...source.matchAll(/\bfrom '([^']+)'/g)].map((match) => match[1]);
    expect(imported.filter((name) => !name?.startsWith('.'))).toEqual([]);
    expect(source).not.toMatch(/\b(?:process|Buffer|require|globalThis)\b[.(]/);
  }
});

test('the example in the README prints what the README says', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, code = '', printed = ''] = /```ts\n([^]*?)```\n+prints\n+```\n([^]*?)```/.exec(readme) ?? [];
  const flags = ['--conditions=@code-executor/source', '--input-type=module', '--eval'];
  const output = execFileSync(process.execPath, [...flags, code], { cwd: root, encoding: 'utf8' });
  expect(output).toBe(printed);
});
