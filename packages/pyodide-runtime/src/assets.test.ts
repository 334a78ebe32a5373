import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AssetSources } from './asset-sources.ts';
import { assetsDirectory, prepareAssets, type Assets } from './assets.ts';
import { fingerprintOf } from './asset-store.ts';
import { verifyManifest, writeManifest } from './manifest.ts';

let cacheDir: string;
let sources: AssetSources;
let directory: string;
let built: number;

beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'assets-test-'));
  writeFileSync(join(cacheDir, 'source.js'), 'export {};');
  sources = { files: new Map([['main.js', join(cacheDir, 'source.js')]]), pyodideVersion: '1.0.0', harnessHash: 'h' };
  directory = assetsDirectory(cacheDir, sources, '2.9.5');
  built = 0;
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

function prepare(buildSnapshot?: (draft: string) => Promise<void>, signal = new AbortController().signal): Promise<Assets> {
  const build = async (draft: string): Promise<void> => {
    built += 1;
    writeFileSync(join(draft, 'snapshot.bin'), `snapshot ${built}`);
  };
  return prepareAssets({ directory, sources, buildSnapshot: buildSnapshot ?? build, signal });
}

const leftovers = (): string[] => readdirSync(cacheDir).filter((name) => name.endsWith('.tmp'));

describe('an assets directory', () => {
  it('is made once, private, with nothing left beside it', async () => {
    expect(await prepare()).toEqual({ directory });
    expect(await prepare()).toEqual({ directory });
    expect(built).toBe(1);
    expect(readdirSync(directory).toSorted()).toEqual(['main.js', 'manifest.json', 'snapshot.bin']);
    expect(leftovers()).toEqual([]);
    if (process.platform === 'win32') return;
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of ['main.js', 'manifest.json']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['changed', (): void => writeFileSync(join(directory, 'snapshot.bin'), 'other')],
    ['missing', (): void => rmSync(join(directory, 'main.js'))],
    ['too many', (): void => writeFileSync(join(directory, 'extra.js'), '')],
    ['without their list', (): void => rmSync(join(directory, 'manifest.json'))],
    ['under an unreadable list', (): void => writeFileSync(join(directory, 'manifest.json'), '{"main.js":')],
  ])('whose files are %s is seen as damaged and made anew', async (_, damage) => {
    await prepare();
    damage();
    expect(await verifyManifest(directory, sources.files)).toBe('damaged');
    await prepare();
    expect(built).toBe(2);
    expect(await verifyManifest(directory, sources.files)).toBe('ready');
    expect(readFileSync(join(directory, 'snapshot.bin'), 'utf8')).toBe('snapshot 2');
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['the harness', (): void => writeFileSync(join(directory, 'main.js'), 'changed')],
    ['a further file', (): void => writeFileSync(join(directory, 'extra.js'), '')],
    ['the lack of a file', (): void => rmSync(join(directory, 'main.js'))],
  ])('in which %s and the list were rewritten together is made anew by the next host', async (_, damage) => {
    await prepare();
    damage();
    await writeManifest(directory);
    expect(await verifyManifest(directory, sources.files)).toBe('damaged');
    await prepare();
    expect(await verifyManifest(directory, sources.files)).toBe('ready');
    expect(readFileSync(join(directory, 'main.js'), 'utf8')).toBe('export {};');
  });

  it('shows a file rewritten in place, of the same length and with its times put back', async () => {
    await prepare();
    const file = join(directory, 'snapshot.bin');
    utimesSync(file, 1_000, 1_000);
    const before = await fingerprintOf(directory);
    expect(await fingerprintOf(directory)).toBe(before);
    // The clock of a file system advances in steps: until the time of change has moved.
    const { ctimeMs } = statSync(file);
    do {
      writeFileSync(file, 'snapshot X');
      utimesSync(file, 1_000, 1_000);
    } while (statSync(file).ctimeMs === ctimeMs);
    expect(await fingerprintOf(directory)).not.toBe(before);
  });

  it('can be made by several hosts at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => prepare()));
    expect(new Set(all.map((assets) => assets.directory))).toEqual(new Set([directory]));
    expect(await verifyManifest(directory, sources.files)).toBe('ready');
    expect(leftovers()).toEqual([]);
  });

  it('does without a snapshot where none can be made, and the next host tries again', async () => {
    const fail = async (): Promise<void> => {
      throw new Error('no memory');
    };
    expect(await prepare(fail)).toEqual({ directory: `${directory}-slow`, slowBecause: 'no memory' });
    expect(await verifyManifest(`${directory}-slow`, sources.files)).toBe('ready');
    expect(await prepare()).toEqual({ directory });
  });

  it('is not made when it is called off, and a killed build is cleared away an hour later', async () => {
    const aborter = new AbortController();
    const interrupted = prepare(async () => {
      aborter.abort();
      throw new Error('killed');
    }, aborter.signal);
    await expect(interrupted).rejects.toThrow('killed');
    expect(existsSync(directory)).toBe(false);
    expect(leftovers()).toEqual([]);

    const [old, young] = [`${directory}.1-aa.tmp`, `${directory}.2-bb.tmp`];
    mkdirSync(old);
    mkdirSync(young);
    utimesSync(old, new Date(0), new Date(0));
    await prepare();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('has another name for another Pyodide, Deno or harness', () => {
    const names = [
      directory,
      assetsDirectory(cacheDir, { ...sources, pyodideVersion: '1.0.1' }, '2.9.5'),
      assetsDirectory(cacheDir, { ...sources, harnessHash: 'i' }, '2.9.5'),
      assetsDirectory(cacheDir, sources, '2.9.6'),
    ];
    expect(new Set(names).size).toBe(4);
  });
});
