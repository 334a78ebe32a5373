import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RuntimeError } from './errors.ts';

/** The oldest Deno whose permission layer this package trusts: earlier ones have published bypasses. */
export const MINIMUM_DENO_VERSION = '2.8.1';

/** A Deno executable and its version. */
export interface DenoBinary {
  path: string;
  version: string;
}

/**
 * Finds the executable that the npm package `deno` brings for this platform. The package's own `bin` is a Node
 * shim and its install script is not needed: the platform package holds the binary itself.
 *
 * @param resolveFrom module URL from which `deno` is resolved
 * @throws {RuntimeError} `deno_not_found` where the platform has no package or it is not installed
 * @throws {RuntimeError} `deno_too_old` below {@link MINIMUM_DENO_VERSION}
 */
export function findDeno(resolveFrom: string = import.meta.url): DenoBinary {
  const platformPackage = `@deno/${platformName()}`;
  try {
    const deno = createRequire(resolveFrom).resolve('deno/package.json');
    const manifest = createRequire(deno).resolve(`${platformPackage}/package.json`);
    const path = join(dirname(manifest), process.platform === 'win32' ? 'deno.exe' : 'deno');
    const { version } = createRequire(deno)(`${platformPackage}/package.json`) as { version: string };
    assertSafeVersion(version);
    if (existsSync(path)) return { path, version };
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
  }
  throw new RuntimeError(
    'deno_not_found',
    `Deno not found: the package ${platformPackage} is not installed. ` +
      'Run npm install without --omit=optional; where the platform has no such package, Deno cannot run here.',
  );
}

/** @throws {RuntimeError} `deno_too_old` */
export function assertSafeVersion(version: string): void {
  const parts = (text: string): number[] => text.split('.').map(Number);
  const [have, need] = [parts(version), parts(MINIMUM_DENO_VERSION)];
  const difference = need.map((part, index) => (have[index] ?? 0) - part).find((delta) => delta !== 0) ?? 0;
  // Not a number, as in a pre-release, is refused too.
  if (!(difference >= 0)) {
    throw new RuntimeError(
      'deno_too_old',
      `Deno ${version} has known sandbox bypasses; ${MINIMUM_DENO_VERSION} or newer is needed. Run: npm install deno@2.9.5`,
    );
  }
}

function platformName(): string {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'win32' }[process.platform as string];
  const suffix = process.platform === 'linux' ? '-glibc' : '';
  return `${system ?? process.platform}-${process.arch}${suffix}`;
}
