import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Name of the list of hashes in an assets directory. */
const MANIFEST = 'manifest.json';

/** Name of the memory snapshot in an assets directory; the harness looks for it under this name. */
export const SNAPSHOT = 'snapshot.bin';

/** SHA-256 of every file of an assets directory, by name. */
type Hashes = Record<string, string>;

/** Writes the list of hashes over all files that lie in the directory. */
export async function writeManifest(directory: string): Promise<void> {
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(await hashAll(directory), null, 2)}\n`, { mode: 0o600 });
}

/**
 * Compares a directory with its list of hashes, every file, and all but the snapshot with the files that this host was
 * installed with: whoever rewrites a file could rewrite the list as well.
 *
 * @param sources name in the directory → the file that it must be a copy of
 * @returns `missing` without a directory; `damaged` where a file is changed, added or gone
 */
export async function verifyManifest(
  directory: string,
  sources: ReadonlyMap<string, string>,
): Promise<'ready' | 'missing' | 'damaged'> {
  const stats = await lstat(directory).catch(() => undefined);
  if (!stats) return 'missing';
  try {
    const [expected, actual] = [JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as unknown, await hashAll(directory)];
    if (JSON.stringify(expected) !== JSON.stringify(actual)) return 'damaged';
    if (Object.keys(actual).some((name) => name !== SNAPSHOT && !sources.has(name))) return 'damaged';
    const copies = await Promise.all([...sources].map(async ([name, source]) => actual[name] === (await hashFile(source))));
    return copies.every(Boolean) ? 'ready' : 'damaged';
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
