// The harness's own way in and out: one job line from stdin, plain output and one closing frame to stdout.
// Everything it needs later is captured here, before the program runs, so that a program that patches
// built-ins can spoil its own result but not the frame.

const { stdin, stdout, stderr } = Deno;
const readSync = stdin.readSync.bind(stdin);
const writeSync = stdout.writeSync.bind(stdout);
const encode = TextEncoder.prototype.encode.bind(new TextEncoder());
const parse = JSON.parse;
const stringify = JSON.stringify;
const apply = Reflect.apply;
const Bytes = Uint8Array;
const { Console } = Deno[Deno.internal];
const getterOf = (name) => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Bytes.prototype), name).get;
const [lengthOf, bufferOf] = [getterOf('length'), getterOf('buffer')];

/** Opens a frame: the ASCII record separator. The nonce that follows is known to host and harness alone. */
const FRAME_START = '\x1e';

/** Writes text to stdout, whole, at once. Touches no property that the program could have replaced. */
export function print(text) {
  const bytes = encode(text);
  const length = apply(lengthOf, bytes, []);
  let written = 0;
  while (written < length) {
    written += writeSync(written === 0 ? bytes : new Bytes(apply(bufferOf, bytes, []), written, length - written));
  }
}

/** Tells the host that the sandbox is ready; only trusted code has run by now. */
export function announceReady() {
  print('ready\n');
}

/** Reads the job: one line of JSON. Returns undefined when the host is gone. */
export function readJob() {
  const chunks = [];
  const buffer = new Uint8Array(65536);
  for (;;) {
    const length = readSync(buffer);
    if (length === null) return undefined;
    const newline = buffer.subarray(0, length).indexOf(10);
    chunks.push(buffer.slice(0, newline < 0 ? length : newline));
    if (newline >= 0) break;
  }
  return parse(new TextDecoder().decode(concat(chunks)));
}

/** A function that writes the closing frame, once; whatever follows is dropped. */
export function createFinisher(nonce) {
  let finished = false;
  return (frame) => {
    if (finished) return;
    finished = true;
    print(`${FRAME_START}${nonce}${stringify(frame)}\n`);
  };
}

/**
 * `console` output as `deno run` formats it; every level goes to stdout, so that lines keep their order. The console's
 * methods are replaced in place, because `node:console` hands out the same ones. Done once this module is loaded;
 * doing it again changes nothing.
 */
export function redirectConsole() {
  const ours = new Console((text) => print(text));
  for (const name of Object.keys(ours)) {
    if (typeof ours[name] === 'function') console[name] = ours[name];
  }
  // Raw writes to stderr join the output; the descriptor itself carries the engine's own messages, for the host alone.
  const prototype = Object.getPrototypeOf(stderr);
  prototype.writeSync = writeSync;
  prototype.write = stdout.write.bind(stdout);
  Object.defineProperty(prototype, 'writable', { get: () => stdout.writable, configurable: true });
}

function concat(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/**
 * Takes away the engine's private interface: `core.destructureError` quotes any line of any file of the host, asked
 * by way of a source map or a source URL. A worker would get an interface of its own, so there are no workers.
 * Throws where something resists: no program may start then.
 */
function lockDown() {
  delete Deno[Deno.internal];
  const { NotCapable } = Deno.errors;
  const Worker = function Worker() {
    throw new NotCapable('Not allowed in the sandbox: workers');
  };
  // Before anything imports it: the module's named export is read from this object.
  const threads = process.getBuiltinModule('node:worker_threads');
  threads.Worker = Worker;
  Object.defineProperty(globalThis, 'Worker', { value: Worker, configurable: false, writable: false });
  // Graphics drivers are native code that no permission guards, and they write files.
  Object.defineProperty(Object.getPrototypeOf(navigator), 'gpu', { value: undefined, configurable: false });
  if (Deno[Deno.internal] !== undefined || navigator.gpu !== undefined || threads.Worker !== Worker) throw new Error('The engine cannot be locked down');
}

// At once, and the console first: a node: module takes it as it finds it when it is loaded.
redirectConsole();
lockDown();
