// Python's standard streams: output goes straight to stdout, input is at its end.

const writeSync = Deno.stdout.writeSync.bind(Deno.stdout);
const subarray = Uint8Array.prototype.subarray;
const apply = Reflect.apply;

/** Connects file descriptors 0, 1 and 2 of Python. */
export function connectStreams(pyodide) {
  const write = (bytes) => {
    const { length } = bytes;
    let written = 0;
    // Whole, always: Python's unbuffered text layer does not look at how much was taken.
    while (written < length) written += writeSync(apply(subarray, bytes, [written]));
    return length;
  };
  pyodide.setStdin({ stdin: () => null, isatty: false });
  pyodide.setStdout({ write, isatty: false });
  pyodide.setStderr({ write, isatty: false });
}
