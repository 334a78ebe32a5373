import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { assertSafeVersion, findDeno, MINIMUM_DENO_VERSION } from './deno-binary.ts';

describe('the Deno executable', () => {
  test('is the one that the npm package brings', () => {
    const { path, version } = findDeno();
    expect(path).toMatch(/[/\\]@deno[/\\][^/\\]+[/\\]deno(\.exe)?$/);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('is asked for in clear words where it is missing', () => {
    const directory = mkdtempSync(join(tmpdir(), 'no-deno-'));
    try {
      expect(() => findDeno(pathToFileURL(join(directory, 'x.js')).href)).toThrow(
        expect.objectContaining({ code: 'deno_not_found', message: expect.stringMatching(/is not installed\. Run npm install/) as string }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.for([MINIMUM_DENO_VERSION, '2.8.2', '2.9.0', '2.10.0', '3.0.0', '10.0.0'])('version %s is safe', (version) => {
    expect(() => assertSafeVersion(version)).not.toThrow();
  });

  test.for(['2.8.0', '2.8', '2', '2.7.99', '1.99.99', '2.8.1-rc.1', '', 'latest', '2.8.x'])('version %j is refused', (version) => {
    expect(() => assertSafeVersion(version)).toThrow(expect.objectContaining({ code: 'deno_too_old', message: expect.stringContaining(`Deno ${version} `) as string }));
  });
});
