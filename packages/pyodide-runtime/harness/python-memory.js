// The file format of a memory snapshot: more than half of Python's memory is zero, and is left out.
//
// One line of JSON, {head, length, runs: [[offset, length], …]}, then the head's bytes, then those of each run.
// `head` is what Pyodide puts before the memory itself: its magic number, its build and its table of objects.

const PAGE = 4096;
const HEAD_LENGTH_WORD = 1;

/** Takes Pyodide's own snapshot apart. */
export function packMemory(snapshot) {
  const head = new Uint32Array(snapshot.buffer, snapshot.byteOffset, 4)[HEAD_LENGTH_WORD];
  const memory = snapshot.subarray(head);
  const runs = [];
  for (let offset = 0; offset < memory.length; offset += PAGE) {
    const end = Math.min(offset + PAGE, memory.length);
    if (memory.subarray(offset, end).every((byte) => byte === 0)) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === offset) last[1] += end - offset;
    else runs.push([offset, end - offset]);
  }
  const index = new TextEncoder().encode(`${JSON.stringify({ head, length: snapshot.length, runs })}\n`);
  return [index, snapshot.subarray(0, head), ...runs.map(([offset, length]) => memory.subarray(offset, offset + length))];
}

/** Reads a packed snapshot. */
export function unpackMemory(bytes) {
  const newline = bytes.indexOf(10);
  const { head, length, runs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, newline)));
  const start = newline + 1;
  return {
    /** Length of Pyodide's own snapshot, for which it makes room. */
    length,
    /** A copy: Pyodide reads words from its start, which must be aligned. */
    head: bytes.slice(start, start + head),
    /** Writes the memory over whatever is there. */
    writeTo(memory) {
      let position = start + head;
      let written = 0;
      for (const [offset, size] of runs) {
        memory.fill(0, written, offset);
        memory.set(bytes.subarray(position, position + size), offset);
        position += size;
        written = offset + size;
      }
      memory.fill(0, written, length - head);
    },
  };
}
