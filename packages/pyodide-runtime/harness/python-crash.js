// Closing frames for the ends that Python code cannot describe itself.

const failure = (message, kind = 'exception') => ({ ok: false, error: { message, kind } });

/** The engine's word for a refusal, and our own. */
const DENIED = /\bRequires (\w+ access(?: to "[^"]*")?), run again with |\bNot allowed in the sandbox: (.+)/;

/** The frame of a program at which Pyodide gave up, or of a JavaScript error that nobody caught. */
export function crashFrame(error) {
  try {
    if (typeof error?.status === 'number' && error.name === 'ExitStatus') return exitFrame(error.status, true);
    const message = String(error?.message ?? error);
    const denied = DENIED.exec(message);
    if (denied) return failure(`Not allowed in the sandbox: ${denied[1] ?? denied[2]}`, 'policy');
    if (/Maximum call stack size exceeded/.test(message)) {
      return failure("RecursionError: the program nests deeper than the sandbox's stack");
    }
    return failure(`Uncaught ${error?.name ?? 'error'}: ${message}`);
  } catch {
    return failure('The program failed with an error that cannot be shown');
  }
}

/** The frame of a program that ended by itself with an exit code, or whose event loop ran dry. */
export function exitFrame(code, exited = false) {
  if (code !== 0) return failure(`Program exited with code ${code}`);
  return exited ? { ok: true } : failure('The program awaits a promise that nothing will settle');
}
