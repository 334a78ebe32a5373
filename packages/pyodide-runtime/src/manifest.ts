import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Name of the list of hashes in an assets directory. */
const MANIFEST = 'manifest.json';

/** SHA-256 of every file of an assets directory, by name. */
type Hashes = Record<string, string>;

/** Writes the list of hashes over all files that lie in the directory. */
export async function writeManifest(directory: string): Promise<void> {
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(await hashAll(directory), null, 2)}\n`, { mode: 0o600 });
}

/**
 * Compares a directory with its list of hashes, every file.
 *
 * @returns `missing` without a directory; `damaged` where a file is changed, added or gone
 */
export async function verifyManifest(directory: string): Promise<'ready' | 'missing' | 'damaged'> {
  const stats = await lstat(directory).catch(() => undefined);
  if (!stats) return 'missing';
  try {
    const expected: unknown = JSON.parse(await readFile(join(directory, MANIFEST), 'utf8'));
    return JSON.stringify(expected) === JSON.stringify(await hashAll(directory)) ? 'ready' : 'damaged';
  } catch {
    return 'damaged';
  }
}

async function hashAll(directory: string): Promise<Hashes> {
  const names = (await readdir(directory)).filter((name) => name !== MANIFEST).toSorted();
  const hashes = await Promise.all(names.map(async (name) => [name, await hashFile(join(directory, name))] as const));
  return Object.fromEntries(hashes);
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash);
  return hash.digest('hex');
}
