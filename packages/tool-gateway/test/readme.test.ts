import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { VERSION } from '../src/version.ts';

const root = dirname(import.meta.dirname);

/** What a TypeScript module, run from the package's folder, prints. */
async function run(code: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@code-executor/source', '--input-type=module-typescript', '--eval', code], { cwd: root });
  return stdout;
}

test('the example of the README prints what the README says', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/su.exec(readme) ?? [];
  const [, printed = ''] = /```text\n(.*?)```/su.exec(readme) ?? [];
  expect(await run(code)).toBe(printed);
});

test('neither the SDK nor the validator is loaded before a tool is used', async () => {
  const code = `
    import { registerHooks } from 'node:module';
    const seen: string[] = [];
    registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
    const { createToolGateway } = await import('@code-executor/tool-gateway');
    const gateway = createToolGateway({ servers: { fs: { command: 'x' } } });
    await gateway.scope([]).call('mcp__fs__x').catch((error) => console.log(error.code));
    await gateway.close();
    console.log(seen.filter((name) => /modelcontextprotocol|ajv|zod/.test(name)).length, seen.length > 10);
  `;
  expect(await run(code)).toBe('tool_not_allowed\n0 true\n');
});

test('the version told to servers is that of the package', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(VERSION).toBe(manifest.version);
});
