import { isAbsolute } from 'node:path';
import { RuntimeError } from './errors.ts';
import { loopbackAddress } from './loopback.ts';

/** What a locked Deno process may be given; everything else is refused to it. */
export interface JailGrants {
  /** Directories that may be read, for assets of the language; never the user's. */
  readablePaths?: readonly string[];
  /** The bridge, as `http://127.0.0.1:PORT`; without one there is no network. */
  bridgeUrl?: string;
  /** Heap limit of the JavaScript engine in MB. */
  heapMb: number;
  /** Further V8 flags, without the leading `--v8-flags=`. */
  v8Flags?: readonly string[];
}

/** The whole environment of a jail. No DENO_DIR means no storage and no caches that outlive an execution. */
export const JAIL_ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: '/nonexistent',
  DENO_DIR: '/dev/null/deno',
  NO_COLOR: '1',
  DENO_NO_UPDATE_CHECK: '1',
};

/**
 * The exact arguments of a locked Deno process. A list of grants, not of denials, wherever Deno offers both.
 *
 * @throws {RuntimeError} `invalid_option` for a bridge that is no literal loopback address, a path that is not
 * absolute or has a comma (Deno would read it as two grants), or a heap of no size
 */
export function jailArguments(harness: string, grants: JailGrants): string[] {
  const { readablePaths = [], bridgeUrl, heapMb, v8Flags = [] } = grants;
  // An empty path would make a grant of everything.
  const unfit = readablePaths.find((path) => !isAbsolute(path) || path.includes(','));
  if (unfit !== undefined) {
    throw new RuntimeError('invalid_option', `A readable path must be absolute and without a comma, got ${JSON.stringify(unfit)}`);
  }
  if (!Number.isInteger(heapMb) || heapMb < 1) {
    throw new RuntimeError('invalid_option', `heapMb must be a whole number from 1, got ${String(heapMb)}`);
  }
  return [
    'run',
    '--quiet',
    '--no-prompt',
    '--no-config',
    '--no-lock',
    '--no-remote',
    '--no-npm',
    '--cached-only',
    '--no-code-cache',
    '--node-modules-dir=none',
    readablePaths.length > 0 ? `--allow-read=${readablePaths.join(',')}` : '--deny-read',
    '--deny-write',
    '--deny-env',
    '--deny-run',
    '--deny-ffi',
    '--deny-sys',
    '--deny-import',
    bridgeUrl === undefined ? '--deny-net' : `--allow-net=${loopbackAddress(bridgeUrl)}`,
    `--v8-flags=${[`--max-old-space-size=${heapMb}`, ...v8Flags].join(',')}`,
    harness,
  ];
}
