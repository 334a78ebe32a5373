import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { findDeno } from '@code-executor/deno-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPyodideRuntime, pyodideStatus, type PyodideStatus } from '../src/index.ts';
import { createTestRuntime, SNAPSHOT_HOOK_MS, testCacheDir } from './support.ts';

interface MemoryFormat {
  packMemory(snapshot: Uint8Array): Uint8Array[];
  unpackMemory(bytes: Uint8Array): { length: number; head: Uint8Array; writeTo(memory: Uint8Array): void };
}
const format = (await import(new URL('../harness/python-memory.js', import.meta.url).href)) as MemoryFormat;

let cacheDir: string;
let status: PyodideStatus;
beforeAll(async () => {
  cacheDir = mkdtempSync(join(tmpdir(), 'snapshot test #%20-'));
  const runtime = createTestRuntime();
  await runtime.prepare();
  await runtime.close();
  status = await pyodideStatus({ cacheDir: testCacheDir });
}, SNAPSHOT_HOOK_MS);
afterAll(() => rmSync(cacheDir, { recursive: true }));

describe('the snapshot', () => {
  it('is there once it is prepared, and a status says so without making it', async () => {
    expect(status).toMatchObject({ version: '314.0.7', snapshot: 'ready' });
    expect(await pyodideStatus({ cacheDir })).toMatchObject({ snapshot: 'missing' });
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  it('holds nothing of the host: no path, no user, no host name, no environment', () => {
    const bytes = readFileSync(join(status.path, 'snapshot.bin'));
    const names = [testCacheDir, join(tmpdir(), 'code-executor'), process.cwd(), process.env['PATH'] ?? ''];
    // Short ones occur by chance.
    const telling = [...names, homedir(), hostname(), userInfo().username].filter((name) => name.length > 5);
    expect(telling.filter((name) => bytes.includes(name))).toEqual([]);
  });

  it(
    'is made once for first runs at the same time, made anew when damaged while in use, and given up on close',
    async () => {
      const runtime = createPyodideRuntime({ cacheDir });
      const runs = await Promise.all(['1', '2', '3'].map((code) => runtime.run({ code })));
      expect(runs.map(({ result }) => result)).toEqual([1, 2, 3]);
      const [name] = readdirSync(cacheDir);
      expect(readdirSync(cacheDir)).toEqual([name]);

      writeFileSync(join(cacheDir, name as string, 'snapshot.bin'), 'damaged');
      expect(await pyodideStatus({ cacheDir })).toMatchObject({ snapshot: 'damaged' });
      const preparing = runtime.prepare();
      preparing.catch(() => {});
      await runtime.close();
      await expect(preparing).rejects.toThrow('it was called off');
      expect(readdirSync(cacheDir)).toEqual([name]);
    },
    SNAPSHOT_HOOK_MS,
  );
});

describe('a machine on which no snapshot can be made', () => {
  it.runIf(process.platform !== 'win32')(
    'runs programs all the same, slowly and saying so',
    async () => {
      const own = mkdtempSync(join(tmpdir(), 'slow-test-'));
      const denoPath = join(own, 'deno');
      const refuse = 'case "$*" in *python-snapshot.js*) echo "no room" >&2; exit 1;; esac';
      writeFileSync(denoPath, `#!/bin/sh\n${refuse}\nexec ${findDeno().path} "$@"\n`, { mode: 0o700 });
      const runtime = createPyodideRuntime({ cacheDir: join(own, 'cache'), denoPath });
      try {
        const { result, warnings } = await runtime.run({ code: 'import random\nrandom.random() < 1' });
        expect(result).toBe(true);
        expect(warnings).toMatchObject([{ code: 'slow_start', message: expect.stringContaining('no room') }]);
        await expect(runtime.prepare()).rejects.toMatchObject({ code: 'snapshot_failed' });
      } finally {
        await runtime.close();
        rmSync(own, { recursive: true });
      }
    },
    SNAPSHOT_HOOK_MS,
  );
});

describe('the packed form of memory', () => {
  it('gives back what was packed, whatever lay in the memory before', () => {
    const pages = fc.array(fc.constantFrom('zero', 'full', 'one'), { maxLength: 12 });
    fc.assert(
      fc.property(pages, fc.integer({ min: 0, max: 4095 }), fc.integer({ min: 4, max: 9 }), (kinds, tail, headWords) => {
        const head = headWords * 16;
        const snapshot = new Uint8Array(head + kinds.length * 4096 + tail);
        new Uint32Array(snapshot.buffer, 0, 2).set([0x706e7300, head]);
        kinds.forEach((kind, page) => {
          const start = head + page * 4096;
          if (kind === 'full') snapshot.fill(7, start, start + 4096);
          if (kind === 'one') snapshot[start + (page * 977) % 4096] = 1;
        });
        const unpacked = format.unpackMemory(Buffer.concat(format.packMemory(snapshot)));
        const memory = new Uint8Array(snapshot.length - head).fill(9);
        unpacked.writeTo(memory);
        expect(unpacked.length).toBe(snapshot.length);
        expect(Buffer.compare(Buffer.from(unpacked.head), snapshot.subarray(0, head))).toBe(0);
        expect(Buffer.compare(memory, snapshot.subarray(head))).toBe(0);
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
