import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createTestRuntime, SNAPSHOT_HOOK_MS, testCacheDir } from './support.ts';

it(
  'the example of the README runs as it stands',
  async () => {
    const runtime = createTestRuntime();
    await runtime.prepare();
    await runtime.close();
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
    // Beside the package, so that its name resolves; only the cache directory is the tests' own.
    const directory = mkdtempSync(join(import.meta.dirname, '../out-tsc-readme-'));
    try {
      const file = join(directory, 'example.mts');
      writeFileSync(file, example.replace('memoryMb: 512', `memoryMb: 512, cacheDir: ${JSON.stringify(testCacheDir)}`));
      const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@code-executor/source', file]);
      expect(stdout).toBe('hello\n 3\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
  SNAPSHOT_HOOK_MS,
);
