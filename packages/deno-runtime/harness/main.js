// The root module of a TypeScript sandbox: trusted, plain JavaScript. The program is never the root module,
// because Deno lets a root module's static imports read any file, whatever the permissions say.

import { announceReady, createFinisher, readJob } from './io.js';
import { stripTypeScriptTypes } from 'node:module';
import { createBridgeClient } from './bridge-client.js';
import { createGuestApi, installGlobals } from './guest-api.js';
import { failureFrame, inOwnTerms, showOwnStacks, successFrame } from './report.js';

announceReady();
const job = readJob();
// Not awaited: a program that waits for ever must end the event loop, not fail this module.
if (job) run(job);

async function run({ nonce, code, bridge }) {
  const finish = createFinisher(nonce);
  const { exit } = Deno;
  let outcome;
  let ranDry = false;

  showOwnStacks();
  installGlobals(createGuestApi(createBridgeClient(bridge)));

  const end = () => {
    const status = Deno.exitCode;
    if (status !== 0) finish(failureFrame(new Error(`Program exited with code ${status}`)));
    else finish(outcome ?? (ranDry ? stalled() : successFrame(undefined)));
  };
  // The program calls Deno.exit() or process.exit().
  addEventListener('unload', end);
  // Nothing is left that could run: timers and calls that nobody awaits count too. The program's own exit handlers may
  // still print; they run before ours, which is put last.
  addEventListener('beforeunload', () => {
    ranDry = true;
    removeEventListener('unload', end);
    addEventListener('unload', () => process.once('exit', end), { once: true });
  });
  const fail = (event, error) => {
    event.preventDefault();
    finish(failureFrame(error));
    exit(1);
  };
  addEventListener('error', (event) => fail(event, event.error ?? new Error(event.message)));
  addEventListener('unhandledrejection', (event) => fail(event, event.reason));

  try {
    const module = await import(URL.createObjectURL(new Blob([toJavaScript(code)], { type: 'text/javascript' })));
    outcome = successFrame(await module.default);
  } catch (error) {
    finish(failureFrame(error));
    exit(1);
  }
}

/** The event loop ran dry while the program still awaited something. */
function stalled() {
  return failureFrame(new Error('The program awaits a promise that nothing will settle'));
}

/**
 * Blanks out the types, which keeps every line and column; enums, namespaces and parameter properties need
 * a transformation, whose source map the engine applies to stacks.
 * The last line outbids a source map of the program's own: one that names a host file would make the engine quote it.
 */
function toJavaScript(code) {
  try {
    return `${stripTypeScriptTypes(code)}\n//# sourceMappingURL=`;
  } catch {
    try {
      return stripTypeScriptTypes(code, { mode: 'transform', sourceMap: true });
    } catch (error) {
      throw new SyntaxError(inOwnTerms(error.message).replace(/^SyntaxError: /, ''), { cause: undefined });
    }
  }
}
