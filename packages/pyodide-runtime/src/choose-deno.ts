import { statSync } from 'node:fs';
import { findDeno, RuntimeError, type DenoBinary } from '@code-executor/deno-runtime';

/**
 * The Deno executable to use. One that the caller names is told from others by path, size and time: its version is
 * the caller's to check, and asking for it would mean to run it.
 *
 * @throws {RuntimeError} `deno_not_found` | `deno_too_old`
 */
export function chooseDeno(denoPath: string | undefined): DenoBinary {
  if (denoPath === undefined) return findDeno();
  try {
    const { size, mtimeMs } = statSync(denoPath);
    return { path: denoPath, version: `${denoPath} ${size} ${mtimeMs}` };
  } catch (error) {
    throw new RuntimeError('deno_not_found', `Deno not found: denoPath ${denoPath} cannot be read`, { cause: error });
  }
}
