import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDirCandidates, checkCacheDir, openCacheDir } from './cache-directory.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cache-test-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the cache directory', () => {
  it('is made with all its parents, for this user alone', () => {
    const wanted = join(parent, 'a', 'b');
    expect(openCacheDir(wanted)).toBe(wanted);
    // Windows keeps no such bits.
    expect(process.platform === 'win32' ? 0o700 : statSync(wanted).mode & 0o777).toBe(0o700);
  });

  it('is taken from the working directory when relative', () => {
    expect(checkCacheDir('some/cache')).toBe(resolve('some/cache'));
  });

  it('defaults to the home directory, then to one of this user under the temporary directory', () => {
    const [home, temporary] = cacheDirCandidates();
    expect(home).toMatch(/[\\/]\.cache[\\/]code-executor$/);
    expect(temporary?.startsWith(tmpdir())).toBe(true);
    expect(cacheDirCandidates('/given')).toEqual(['/given']);
  });

  it('is refused where it is a file, a link, or open to others', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    const link = join(parent, 'link');
    symlinkSync(parent, link, 'junction');
    const refusing = process.platform === 'linux' ? ['/proc/nothing/below'] : [];
    for (const unusable of [file, link, join(file, 'below'), ...refusing]) expect(() => openCacheDir(unusable)).toThrow(unusable);
    if (process.platform === 'win32') return;
    const open = join(parent, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(() => openCacheDir(open)).toThrow(/others can write to it.*Set cacheDir to a private, writable directory/);
  });
});
