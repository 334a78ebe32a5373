import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { harnessFile } from '@code-executor/deno-runtime';
import { PyodideRuntimeError } from './errors.ts';

/** Files that a Python sandbox reads, and what tells one set of them from another. */
export interface AssetSources {
  /** Name in the assets directory → where the file is copied from. */
  files: ReadonlyMap<string, string>;
  pyodideVersion: string;
  /** Hash over the small files' contents: the harness. Pyodide's own files are told apart by its version. */
  harnessHash: string;
}

const PYODIDE_FILES = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'];
const HARNESS_FILES = [
  'python-main.js',
  'python-snapshot.js',
  'python-load.js',
  'python-engine.js',
  'python-memory.js',
  'python-port.js',
  'python-streams.js',
  'python-crash.js',
  'sandbox_guest.py',
  'sandbox_program.py',
  'sandbox_report.py',
];
const SHARED_FILES = ['io.js', 'bridge-client.js'] as const;

/**
 * Finds everything that goes into an assets directory.
 *
 * @param resolveFrom module URL from which `pyodide` is resolved
 * @throws {PyodideRuntimeError} `pyodide_not_found`
 */
export function findAssetSources(resolveFrom: string = import.meta.url): AssetSources {
  const { directory, version } = findPyodide(resolveFrom);
  const harness = [
    ...HARNESS_FILES.map((name): [string, string] => [name, fileURLToPath(new URL(`../harness/${name}`, import.meta.url))]),
    ...SHARED_FILES.map((name): [string, string] => [name, harnessFile(name)]),
  ];
  const hash = createHash('sha256');
  for (const [name, path] of harness) hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  return {
    files: new Map([...PYODIDE_FILES.map((name): [string, string] => [name, join(directory, name)]), ...harness]),
    pyodideVersion: version,
    harnessHash: hash.digest('hex'),
  };
}

function findPyodide(resolveFrom: string): { directory: string; version: string } {
  try {
    const require = createRequire(resolveFrom);
    const manifest = require.resolve('pyodide/package.json');
    return { directory: dirname(manifest), version: (require(manifest) as { version: string }).version };
  } catch (error) {
    throw new PyodideRuntimeError('pyodide_not_found', 'Pyodide not found: run npm install pyodide@314.0.7', { cause: error });
  }
}
