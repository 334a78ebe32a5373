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

  test('its own process tells it nothing either', async () => {
    for (const file of ['environ', 'cmdline', 'maps', 'fd/0', 'cwd']) {
      const result = await run(`console.log(Deno.readTextFileSync('/proc/self/${file}'));`);
      expect(result.error, file).toMatchObject({ kind: 'policy' });
      expect(result.output).toBe('');
    }
  });
});

describe('the same programs under a naive setting do reach the file:', () => {
  const naive = ['node:fs, synchronously', 'Deno.readTextFile', 'a static import with type json', 'Deno.open', 'a Worker that imports the file'];
  test.for(FILE_DOORS.filter(({ name }) => naive.includes(name)))('$name', async ({ program, name }) => {
    const file = join(directory, `${name.replaceAll(/\W+/g, '-')}.ts`);
    writeFileSync(file, program(path, url));
    const args = ['run', '--quiet', '--no-prompt', '--no-check', '--allow-read', file];
    const { stdout, stderr } = await promisify(execFile)(findDeno().path, args, { env: {} }).catch((error: { stdout: string; stderr: string }) => error);
    expect(stdout + stderr).toContain(CANARY);
  });
});
