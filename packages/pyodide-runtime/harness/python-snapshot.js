// The root module of the process that makes the memory snapshot: loads Pyodide once and prints its memory.

import { announceReady, readJob } from './io.js';
import { loadAfresh } from './python-load.js';
import { packMemory } from './python-memory.js';

announceReady();
if (readJob()) {
  const pyodide = await loadAfresh({ _makeSnapshot: true });
  const parts = packMemory(pyodide.makeMemorySnapshot());
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(parts.reduce((sum, part) => sum + part.length, 0)));
  for (let bytes of [length, ...parts]) {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }
}
