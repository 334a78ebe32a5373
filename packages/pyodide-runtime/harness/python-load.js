// Loads Pyodide inside the jail, from a memory snapshot where there is one. All files lie beside this one.

import createPyodideModule from './pyodide.asm.mjs';
import { loadPyodide } from './pyodide.mjs';

const directory = import.meta.dirname;

/** Python modules of the harness, in the order in which they import each other. */
const PYTHON_MODULES = ['sandbox_guest', 'sandbox_report', 'sandbox_program'];

/** What every start shares: no package index, no host paths, an environment that says nothing about the machine. */
const configuration = () => ({
  indexURL: directory,
  createPyodideModule,
  lockFileContents: { info: { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten', python: '3.14.2', version: '314.0.7' }, packages: {} },
  packageBaseUrl: '/nonexistent',
  _sysExecutable: 'python3',
  args: [],
  env: { HOME: '/home/pyodide', USER: 'user', LOGNAME: 'user' },
});

/** A complete load, 7 to 20 times as long as from a snapshot. */
export async function loadAfresh(options = {}) {
  const pyodide = await loadPyodide({ ...configuration(), ...options });
  for (const name of PYTHON_MODULES) {
    pyodide.FS.writeFile(`${pyodide.FS.cwd()}/${name}.py`, Deno.readTextFileSync(`${directory}/${name}.py`));
  }
  pyodide.pyimport('sandbox_program').warm_up();
  for (const name of PYTHON_MODULES) pyodide.FS.unlink(`${pyodide.FS.cwd()}/${name}.py`);
  return pyodide;
}

/** A load from the memory of an earlier one. */
export function loadSnapshot(file) {
  return loadPyodide({ ...configuration(), _loadSnapshot: Deno.readFileSync(`${directory}/${file}`) });
}
