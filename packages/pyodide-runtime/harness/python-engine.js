// Gets Pyodide's engine going sooner than its own loader does. Only speed depends on what is done here.

const directory = import.meta.dirname;
const { compiled, byteLength } = compileEngine();

/** Compiles in the background, while the rest of the harness is read and evaluated; keeps no copy of the file. */
function compileEngine() {
  const bytes = Deno.readFileSync(`${directory}/pyodide.asm.wasm`);
  return { compiled: WebAssembly.compile(bytes), byteLength: bytes.byteLength };
}

/**
 * Pyodide's module factory. Evaluated as a script: Deno's module loader would parse its 1.2 MB once more, which takes
 * three times as long. The parenthesis makes the engine compile it at once instead of twice.
 */
export function evaluateFactory() {
  const source = Deno.readTextFileSync(`${directory}/pyodide.asm.mjs`)
    .replaceAll('import.meta.url', JSON.stringify(new URL('pyodide.asm.mjs', import.meta.url).href))
    .replace(/export default _createPyodideModule;\s*$/, '');
  return new Function(`return (${source})`)();
}

/** Runs `load` with a WebAssembly.instantiate that knows Pyodide's module already. */
export async function withCompiledEngine(load) {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (source, imports) => {
    if (source.byteLength !== byteLength) return instantiate(source, imports);
    const module = await compiled;
    return { module, instance: await instantiate(module, imports) };
  };
  try {
    return await load();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
