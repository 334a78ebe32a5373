// The root module of the process that makes the memory snapshot: loads Pyodide once and prints its memory.

import { announceReady, readJob } from './io.js';
import { loadAfresh } from './python-load.js';

announceReady();
if (readJob()) {
  const snapshot = (await loadAfresh({ _makeSnapshot: true })).makeMemorySnapshot();
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(snapshot.length));
  for (let bytes of [length, snapshot]) {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }
}
