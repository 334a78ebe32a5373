import { accessSync, constants, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { RuntimeError } from '@code-executor/deno-runtime';
import { PyodideRuntimeError } from './errors.ts';

/**
 * Where assets may lie, best first: the configured directory alone, or `~/.cache/code-executor` and, where that cannot
 * be used, a directory of this user's own under the system's temporary one.
 */
export function cacheDirCandidates(cacheDir?: string): string[] {
  if (cacheDir !== undefined) return [cacheDir];
  const user = process.getuid?.() ?? 'user';
  return [join(homedir(), '.cache', 'code-executor'), join(tmpdir(), `code-executor-${user}`)];
}

/**
 * Checks a cacheDir option; a relative one is taken from the working directory.
 *
 * @throws {RuntimeError} `invalid_option` for an empty one, or one with a comma (Deno would read it as two grants)
 */
export function checkCacheDir(cacheDir: string): string {
  const problem =
    typeof cacheDir !== 'string' || cacheDir === ''
      ? 'must be a path'
      : resolve(cacheDir).includes(',')
        ? 'must not contain a comma, which Deno reads as the end of a path'
        : undefined;
  if (problem !== undefined) throw new RuntimeError('invalid_option', `cacheDir ${problem}, got ${JSON.stringify(cacheDir)}`);
  return isAbsolute(cacheDir) ? cacheDir : resolve(cacheDir);
}

/**
 * Makes the cache directory, private to this user, and gives its path. Without a configured one, a private directory
 * under the system's temporary one stands in where the home directory cannot be written.
 *
 * @throws {PyodideRuntimeError} `cache_unusable`
 */
export function openCacheDir(cacheDir: string | undefined): string {
  const candidates = cacheDirCandidates(cacheDir);
  const problems: string[] = [];
  for (const candidate of candidates) {
    const problem = candidate.includes(',') ? 'its path contains a comma' : usable(candidate);
    if (problem === undefined) return candidate;
    problems.push(`${candidate}: ${problem}`);
  }
  throw new PyodideRuntimeError(
    'cache_unusable',
    `No directory for Python's files can be used (${problems.join('; ')}). Set cacheDir to a private, writable directory`,
  );
}

/** Why a directory cannot hold files that we later trust; undefined where it can. */
function usable(directory: string): string | undefined {
  try {
    makeDirectory(directory);
    const stats = lstatSync(directory);
    if (!stats.isDirectory()) return 'not a directory';
    if (process.getuid && stats.uid !== process.getuid()) return 'belongs to another user';
    if (process.platform !== 'win32' && (stats.mode & 0o022) !== 0) return 'others can write to it';
    accessSync(directory, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** As `mkdir -p`; Node's own recursive form never returns where a file system refuses, as /proc does. */
function makeDirectory(directory: string): void {
  const parent = dirname(directory);
  if (parent !== directory && !existsSync(parent)) makeDirectory(parent);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
