// Turns what a program leaves behind, a value or an error, into the closing frame.

const stringify = JSON.stringify;
const inspect = Deno.inspect;

/** Names under which the engine knows the program's module. */
const OWN_MODULE = /(?:blob:null\/[0-9a-f-]{36}|(?:file:\/\/)?\/stripTypeScriptTypes\.ts)/g;

/** Frames of the harness and the engine: a program's author has no use for them. */
const FOREIGN_FRAME = /^\s+at .*(?:\bext:|\/harness\/[a-z-]+\.js\b|\bnode:internal).*$/;

/** A stack or message in the program's own terms: `user.ts:3:7`. */
export function inOwnTerms(text) {
  return text
    .replace(OWN_MODULE, 'user.ts')
    .split('\n')
    .filter((line) => !FOREIGN_FRAME.test(line))
    .join('\n');
}

/** Makes every stack that the program itself reads or prints speak of `user.ts`. */
export function showOwnStacks() {
  Error.prepareStackTrace = (error, frames) => {
    let header = 'Error';
    try {
      header = String(error);
    } catch {
      // A toString that throws: the plain word stands in.
    }
    return inOwnTerms([header, ...frames.map((frame) => `    at ${frame}`)].join('\n'));
  };
}

/** The frame of a program that ended well. */
export function successFrame(value) {
  if (value === undefined) return frame({ ok: true });
  try {
    const result = stringify(value);
    if (result !== undefined) return frame({ ok: true, result });
  } catch {
    // Cyclic, a BigInt, a throwing toJSON: shown as text instead.
  }
  return frame({
    ok: true,
    result: stringify(inspect(value)),
    warning: 'The default export is no JSON value; the result is its text form.',
  });
}

/** The frame of a program that threw. `error` may be anything, getters that throw included. */
export function failureFrame(error) {
  try {
    return frame({ ok: false, error: frame(describe(error)) });
  } catch {
    return frame({ ok: false, error: frame({ message: plainMessage(error) }) });
  }
}

/** Without a prototype, so that no toJSON of the program's has a say in it. */
const frame = (fields) => ({ __proto__: null, ...fields });

/** For a program that spoiled the built-ins which a full description needs. */
function plainMessage(error) {
  try {
    const { message } = error;
    if (typeof message === 'string') return message.slice(0, TEXT_CHARACTERS);
  } catch {
    // A getter that throws.
  }
  return 'The program threw a value that cannot be shown';
}

/** The host keeps less; a longer text would only crowd out the frame. */
const TEXT_CHARACTERS = 20_000;

function describe(error) {
  if (typeof error !== 'object' || error === null || typeof error.message !== 'string') {
    return { message: `Uncaught ${inspect(error)}`.slice(0, TEXT_CHARACTERS) };
  }
  const denied = deniedMessage(error.message);
  return {
    message: (denied ?? inOwnTerms(title(String(error.name ?? 'Error'), error))).slice(0, TEXT_CHARACTERS),
    kind: denied === undefined ? 'exception' : 'policy',
    // The engine itself gives this code to any error without frames that a module throws.
    ...(typeof error.code === 'string' && error.code !== 'ERR_MODULE_NOT_FOUND' && { code: error.code }),
    ...(error.quotaRemaining && { quotaRemaining: frame(quota(error.quotaRemaining)) }),
    stack: inOwnTerms(stackWithCauses(error)).slice(0, TEXT_CHARACTERS),
  };
}

const quota = ({ rounds, tokens, usd }) => ({ rounds, tokens, ...(usd !== undefined && { usd }) });

/** Errors of the bridge keep their exact message; others are named, as a console shows them. */
function title(name, error) {
  if (name === 'BridgeError' || name === 'Error' || error.message.startsWith(`${name}:`)) return error.message;
  return error.message === '' ? name : `${name}: ${error.message}`;
}

const IMPORTS = 'Not allowed in the sandbox: imports of packages and files; only node: built-ins are there';

/** The engine's ways to say that a module is not to be had. */
const REFUSED_IMPORT =
  /^(npm|jsr) specifiers were requested|^A remote specifier was requested|^invalid URL: relative URL|^Import "[^"]*" not a dependency|^Relative import path /;

/** What the sandbox refused, where the engine's message says that it did; its hints at flags help nobody here. */
function deniedMessage(message) {
  const access = /\bRequires (\w+ access)( to "[^"]*")?, run again with /.exec(message);
  if (access?.[1] === 'import access' || REFUSED_IMPORT.test(message)) return IMPORTS;
  if (access) return `Not allowed in the sandbox: ${access[1]}${access[2] ?? ''}`;
  return message.startsWith('Not allowed in the sandbox: ') ? message : undefined;
}

function stackWithCauses(error, depth = 0) {
  const own = typeof error.stack === 'string' ? error.stack : String(error.message);
  if (depth === 8 || error.cause === undefined) return own;
  const { cause } = error;
  return `${own}\nCaused by: ${cause instanceof Error ? stackWithCauses(cause, depth + 1) : inspect(cause)}`;
}
