import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findDeno } from '../src/index.ts';
import { FILE_DOORS } from './file-doors.ts';
import { everythingIn, runner, scratchDirectory, testRuntime } from './support.ts';

const directory = scratchDirectory();
const CANARY = `canary${process.pid}x${Date.now()}`;
const path = join(directory, 'planted.json');
const url = pathToFileURL(path).href;
writeFileSync(path, `"${CANARY}"\n"${CANARY}" not json\nexport default "${CANARY}"\n`.slice(0, CANARY.length + 3));
const run = runner(testRuntime());

describe('no door leads to a file of the host:', () => {
  test.for(FILE_DOORS)('$name', { concurrent: true }, async ({ program }) => {
    const result = await run(program(path, url), { timeoutMs: 20_000 });
    expect(everythingIn(result)).not.toContain(CANARY);
    expect(result.error?.kind ?? 'none').toMatch(/^(exception|policy|none)$/);
  });

  test('a source map of its own is not even looked up', async () => {
    const map = join(directory, 'planted.map');
    writeFileSync(map, JSON.stringify({ version: 3, sources: [`file:///${CANARY}.ts`], names: [], mappings: 'AAAA;AAAA;AAAA;AAAA' }));
    for (const start of ['', 'enum A { B }', 'const d = (v: any, _: any) => v; @d class A {}']) {
      const result = await run(`${start}\nfunction f() { throw new Error('thrown') }\nf();\n//# sourceMappingURL=${pathToFileURL(map).href}`);
      expect(everythingIn(result)).not.toContain(CANARY);
      expect(result.error?.stack).toMatch(/at f \(user\.ts:2:\d+\)/);
    }
  });

  test('its own process tells it nothing either', async () => {
    for (const file of ['environ', 'cmdline', 'maps', 'fd/0', 'cwd']) {
      const result = await run(`console.log(Deno.readTextFileSync('/proc/self/${file}'));`);
      expect({ file, ...result }).toMatchObject({ file, output: '', error: { kind: 'policy' } });
    }
  });
});

describe('the same programs under a naive setting do reach the file:', () => {
  const naive = new Set(['node:fs, synchronously', 'Deno.readTextFile', 'a static import with type json', 'Deno.open', 'a Worker that imports the file']);
  test.for(FILE_DOORS.filter(({ name }) => naive.has(name)))('$name', async ({ program, name }) => {
    const file = join(directory, `${name.replaceAll(/\W+/g, '-')}.ts`);
    writeFileSync(file, program(path, url));
    const args = ['run', '--quiet', '--no-prompt', '--no-check', '--allow-read', file];
    const { stdout, stderr } = await promisify(execFile)(findDeno().path, args, { env: {} }).catch((error: { stdout: string; stderr: string }) => error);
    expect(stdout + stderr).toContain(CANARY);
  });
});
