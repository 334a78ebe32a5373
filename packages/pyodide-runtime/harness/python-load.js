// Loads Pyodide inside the jail, from a memory snapshot where there is one. All files lie beside this one.

import { evaluateFactory, withCompiledEngine } from './python-engine.js';
import { unpackMemory } from './python-memory.js';
import { loadPyodide } from './pyodide.mjs';

const directory = import.meta.dirname;

/** Python modules of the harness, in the order in which they import each other. */
const PYTHON_MODULES = ['sandbox_guest', 'sandbox_report', 'sandbox_program'];

/** What every start shares: no package index, no host paths, an environment that says nothing about the machine. */
const configuration = () => ({
  indexURL: directory,
  // No package but the core; Pyodide refuses another ABI than its own, so an upgrade shows here.
  lockFileContents: { info: { abi_version: '2026_0' }, packages: {} },
  packageBaseUrl: '/nonexistent',
  _sysExecutable: 'python3',
  args: [],
  env: { HOME: '/home/pyodide', USER: 'user', LOGNAME: 'user' },
});

/** A complete load, five times as long as from a snapshot. */
export async function loadAfresh(options = {}) {
  const createPyodideModule = evaluateFactory();
  const pyodide = await withCompiledEngine(() => loadPyodide({ ...configuration(), createPyodideModule, ...options }));
  const { FS } = pyodide;
  const files = PYTHON_MODULES.map((name) => `${FS.cwd()}/${name}.py`);
  PYTHON_MODULES.forEach((name, index) => FS.writeFile(files[index], Deno.readTextFileSync(`${directory}/${name}.py`)));
  pyodide.pyimport('sandbox_program').warm_up();
  for (const file of files) FS.unlink(file);
  return pyodide;
}

/** A load from the memory of an earlier one. */
export function loadSnapshot(file) {
  const packed = Deno.readFileSync(`${directory}/${file}`);
  const factory = evaluateFactory();
  const { length, head, writeTo } = unpackMemory(packed);
  const createPyodideModule = async (settings) => {
    const module = await factory({ ...settings, INITIAL_MEMORY: length });
    const { restoreSnapshot } = module.API;
    module.API.restoreSnapshot = (snapshot) => {
      // Put back at once, so that nothing holds on to the file's content.
      module.API.restoreSnapshot = restoreSnapshot;
      const table = restoreSnapshot(snapshot);
      writeTo(module.HEAP8);
      return table;
    };
    return module;
  };
  return withCompiledEngine(() => loadPyodide({ ...configuration(), createPyodideModule, _loadSnapshot: head }));
}
