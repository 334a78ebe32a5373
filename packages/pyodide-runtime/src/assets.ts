import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssetSources } from './asset-sources.ts';
import { V8_FLAGS } from './jail-plan.ts';
import { verifyManifest, writeManifest } from './manifest.ts';

/** Files of a build that was killed are removed after this many ms. */
const STALE_MS = 3_600_000;

/** A directory that a Python sandbox may read. */
export interface Assets {
  directory: string;
  /** Why there is no snapshot and every start is a slow one. */
  slowBecause?: string;
}

/** The directory of one exact combination of files, engine and flags. */
export function assetsDirectory(cacheDir: string, sources: AssetSources, denoVersion: string): string {
  const key = [sources.pyodideVersion, denoVersion, process.platform, process.arch, V8_FLAGS.join(), sources.harnessHash];
  return join(cacheDir, `pyodide-${createHash('sha256').update(key.join('\0')).digest('hex').slice(0, 24)}`);
}

/**
 * Gives the verified assets directory, building it where it is missing or damaged. Built under another name and
 * renamed when whole, so that hosts can build at once and a killed build leaves nothing half made.
 *
 * @param options.buildSnapshot adds the snapshot to a directory; where it fails, the directory does without
 */
export async function prepareAssets(options: {
  directory: string;
  sources: AssetSources;
  buildSnapshot: (directory: string) => Promise<void>;
  signal: AbortSignal;
}): Promise<Assets> {
  const { directory, sources, buildSnapshot, signal } = options;
  if ((await verifyManifest(directory, sources.files)) === 'ready') return { directory };

  await removeStale(directory);
  const draft = `${directory}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(draft, { mode: 0o700 });
    for (const [name, source] of sources.files) {
      await copyFile(source, join(draft, name));
      await chmod(join(draft, name), 0o600);
    }
    let slowBecause: string | undefined;
    try {
      await buildSnapshot(draft);
    } catch (error) {
      if (signal.aborted) throw error;
      slowBecause = (error as Error).message;
    }
    await writeManifest(draft);
    // Kept apart, so that the next host tries to make a snapshot again.
    const target = slowBecause === undefined ? directory : `${directory}-slow`;
    await moveInto(draft, target, sources);
    return { directory: target, ...(slowBecause !== undefined && { slowBecause }) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Renames a whole directory into its place; another host's equally whole one is as good. */
async function moveInto(draft: string, directory: string, sources: AssetSources): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rename(draft, directory);
    } catch (error) {
      if ((await verifyManifest(directory, sources.files)) === 'ready') return;
      if (attempt === 3) throw error;
      const aside = `${draft}.${attempt}.damaged.tmp`;
      await rename(directory, aside).catch(() => {});
      await rm(aside, { recursive: true, force: true });
    }
  }
}

async function removeStale(directory: string): Promise<void> {
  const parent = join(directory, '..');
  for (const name of await readdir(parent)) {
    if (!/^pyodide-[0-9a-f]{24}.*\.tmp$/.test(name)) continue;
    const path = join(parent, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}
