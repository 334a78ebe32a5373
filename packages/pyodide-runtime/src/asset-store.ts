import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DenoBinary } from '@code-executor/deno-runtime';
import type { AssetSources } from './asset-sources.ts';
import { assetsDirectory, prepareAssets, type Assets } from './assets.ts';
import { openCacheDir } from './cache-directory.ts';
import { PyodideRuntimeError } from './errors.ts';
import { buildSnapshot } from './snapshot.ts';

/** The assets of one runtime: prepared once, shared by all its runs. */
export interface AssetStore {
  /** The verified directory; concurrent first calls share one preparation, a failed one is tried again. */
  get(): Promise<Assets>;
  /** As `get`, but fails where there is no snapshot. */
  prepare(): Promise<void>;
  /** Why starts are slow, once that is known. */
  slowBecause(): string | undefined;
  /** Calls off a preparation under way and waits until nothing of it is left. */
  close(): Promise<void>;
}

/** ms that loading Pyodide afresh and taking its memory may need on a very busy machine. */
const SNAPSHOT_TIMEOUT_MS = 180_000;

/** A store under a cache directory; nothing is touched before the first use. */
export function createAssetStore(options: {
  deno: DenoBinary;
  sources: AssetSources;
  cacheDir?: string;
  notify?: (line: string) => void;
}): AssetStore {
  const { deno, sources, cacheDir, notify } = options;
  const aborter = new AbortController();
  let current: Promise<Assets & { fingerprint: string }> | undefined;
  let slowBecause: string | undefined;

  const prepare = async (): Promise<Assets & { fingerprint: string }> => {
    const assets = await prepareAssets({
      directory: assetsDirectory(openCacheDir(cacheDir), sources, deno.version),
      sources,
      signal: aborter.signal,
      buildSnapshot: (directory) => {
        notify?.('Preparing Python: a snapshot of the interpreter is made, once, in about ten seconds');
        return buildSnapshot({ denoPath: deno.path, directory, timeoutMs: SNAPSHOT_TIMEOUT_MS, signal: aborter.signal });
      },
    });
    slowBecause = assets.slowBecause;
    return { ...assets, fingerprint: await fingerprintOf(assets.directory) };
  };

  const get = async (): Promise<Assets> => {
    const attempt = (current ??= prepare());
    try {
      const assets = await attempt;
      if ((await fingerprintOf(assets.directory)) === assets.fingerprint) return assets;
    } catch (error) {
      if (current === attempt) current = undefined;
      throw error;
    }
    // Somebody removed or changed files since they were verified.
    if (current === attempt) current = undefined;
    return get();
  };

  return {
    get,
    slowBecause: () => slowBecause,
    async prepare(): Promise<void> {
      const assets = await get();
      if (assets.slowBecause !== undefined) throw new PyodideRuntimeError('snapshot_failed', assets.slowBecause);
    },
    async close(): Promise<void> {
      aborter.abort();
      await current?.catch(() => {});
    },
  };
}

/** Changes when a file of the directory is changed, added or gone; far quicker than hashing it. */
export async function fingerprintOf(directory: string): Promise<string> {
  const names = (await readdir(directory).catch(() => [])).toSorted();
  const stats = await Promise.all(names.map((name) => stat(join(directory, name)).catch(() => undefined)));
  // The time of change beside that of modification, which anyone may set.
  return JSON.stringify(
    names.map((name, index) => [name, stats[index]?.size, stats[index]?.mtimeMs, stats[index]?.ctimeMs, stats[index]?.ino]),
  );
}
