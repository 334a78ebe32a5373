import { findAssetSources } from './asset-sources.ts';
import { assetsDirectory } from './assets.ts';
import { cacheDirCandidates, checkCacheDir } from './cache-directory.ts';
import { chooseDeno } from './choose-deno.ts';
import { verifyManifest } from './manifest.ts';

/** What a diagnosis says about Python on this machine. */
export interface PyodideStatus {
  /** Version of Pyodide. */
  version: string;
  /** Whether the next start is a quick one: `missing` and `damaged` mean that the snapshot is made first. */
  snapshot: 'ready' | 'missing' | 'damaged';
  /** The directory where the files lie or will lie. */
  path: string;
}

/**
 * Looks, without changing anything, at the files that a Python runtime with the same options would use.
 *
 * @throws {RuntimeError} `invalid_option` | `deno_not_found` | `deno_too_old`
 * @throws {PyodideRuntimeError} `pyodide_not_found`
 */
export async function pyodideStatus(options: { cacheDir?: string; denoPath?: string } = {}): Promise<PyodideStatus> {
  const sources = findAssetSources();
  const { version: denoVersion } = chooseDeno(options.denoPath);
  const cacheDirs = cacheDirCandidates(options.cacheDir === undefined ? undefined : checkCacheDir(options.cacheDir));
  const found: PyodideStatus[] = [];
  for (const cacheDir of cacheDirs) {
    const path = assetsDirectory(cacheDir, sources, denoVersion);
    const snapshot = await verifyManifest(path, sources.files);
    if (snapshot === 'ready') return { version: sources.pyodideVersion, snapshot, path };
    found.push({ version: sources.pyodideVersion, snapshot, path });
  }
  return found[0] as PyodideStatus;
}
