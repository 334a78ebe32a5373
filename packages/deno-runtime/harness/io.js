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

/** Parts of node:v8 that tell a program of its own values and of memory use; the rest reads or steers the engine. */
const KEPT_OF_V8 = [
  'serialize', 'deserialize', 'Serializer', 'Deserializer', 'DefaultSerializer', 'DefaultDeserializer',
  'getHeapStatistics', 'getHeapSpaceStatistics', 'getHeapCodeStatistics', 'cachedDataVersionTag',
];

/** The grant of the bridge's port covers UDP and listening on it as well: programs could meet there. */
const SOCKETS = [
  ['udp_wrap', 'UDP', 'UDP sockets', ['open', 'bind', 'bind6', 'connect', 'connect6', 'send', 'send6', 'recvStart']],
  ['tcp_wrap', 'TCP', 'listening for connections', ['bind', 'bindWithFlags', 'bind6', 'listen', 'openFromRid']],
  ['pipe_wrap', 'Pipe', 'Unix sockets', ['bind', 'listen', 'connect']],
];

/**
 * Takes away the engine's private interface: `core.destructureError` quotes any line of any file of the host, asked
 * by way of a source map or a source URL. A worker would get an interface of its own, so there are no workers. Nor is
 * there what no permission guards: heap snapshots, SQLite's temporary files, sockets between sandboxes.
 * Before anything imports the modules: their named exports are read from these objects.
 * Throws where something resists: no program may start then.
 */
function lockDown() {
  delete Deno[Deno.internal];
  const threads = process.getBuiltinModule('node:worker_threads');
  refuse(threads, 'Worker', 'workers');
  refuse(globalThis, 'Worker', 'workers');
  refuseAll('node:v8', KEPT_OF_V8);
  refuseAll('node:sqlite');
  // The handles below node:dgram, node:net, node:http and the rest, which can be had by several names.
  for (const [binding, name, what, methods] of SOCKETS) {
    const { prototype } = process.binding(binding)[name];
    for (const method of methods) refuse(prototype, method, what);
  }
  for (const name of ['listen', 'listenTls', 'serve']) refuse(Deno, name, 'listening for connections');
  for (const name of ['listenDatagram', 'QuicEndpoint']) if (name in Deno) refuse(Deno, name, 'UDP sockets');
  delete globalThis.nodeBootstrap;
  // Graphics drivers are native code that no permission guards, and they write files.
  Object.defineProperty(Object.getPrototypeOf(navigator), 'gpu', { value: undefined, configurable: false });
  if (Deno[Deno.internal] !== undefined || navigator.gpu !== undefined) throw new Error('The engine cannot be locked down');
}

/** Puts a function in a property's place that throws; nothing holds the original then. */
function refuse(owner, name, what) {
  const { NotCapable } = Deno.errors;
  const value = function Refused() {
    throw new NotCapable(`Not allowed in the sandbox: ${what}`);
  };
  // Writable, because the engine's own code copies such methods onto objects.
  Object.defineProperty(owner, name, { value, writable: true, configurable: false });
}

/** Refuses every function and class of a module, and those of the objects in it, but for the named ones. */
function refuseAll(id, kept = []) {
  const module = process.getBuiltinModule(id);
  for (const name of Object.keys(module)) {
    const value = module[name];
    if (kept.includes(name)) continue;
    if (typeof value === 'function') refuse(module, name, `${name} of ${id}`);
    else if (typeof value === 'object' && value !== null) {
      // A copy: the original may be frozen.
      const copy = { ...value };
      for (const inner of Object.keys(copy)) if (typeof copy[inner] === 'function') refuse(copy, inner, `${name}.${inner} of ${id}`);
      Object.defineProperty(module, name, { value: copy, writable: false, configurable: false });
    }
  }
}

// At once, and the console first: a node: module takes it as it finds it when it is loaded.
redirectConsole();
lockDown();
