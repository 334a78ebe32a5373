// The root module of a TypeScript sandbox: trusted, plain JavaScript. The program is never the root module,
// because Deno lets a root module's static imports read any file, whatever the permissions say.

import { announceReady, createFinisher, readJob } from './io.js';
import { toModule } from './compile.js';
import { createBridgeClient } from './bridge-client.js';
import { createGuestApi, installGlobals } from './guest-api.js';
import { failureFrame, showOwnStacks, successFrame } from './report.js';

announceReady();
const job = readJob();
// Not awaited: a program that waits for ever must end the event loop, not fail this module.
if (job) run(job);

async function run({ nonce, code, bridge }) {
  const finish = createFinisher(nonce);
  const { exit } = Deno;
  const { process } = globalThis;
  let outcome;
  let ranDry = false;

  showOwnStacks();
  installGlobals(createGuestApi(createBridgeClient(bridge)));

  const end = () => {
    const status = Deno.exitCode;
    if (status !== 0) finish(failureFrame({ message: `Program exited with code ${status}` }));
    else finish(outcome ?? (ranDry ? stalled() : successFrame(undefined)));
  };
  // The program calls Deno.exit() or process.exit().
  addEventListener('unload', end);
  // Nothing is left that could run: timers and calls that nobody awaits count too. The program's own exit handlers may
  // still print; they run before ours, which is put last.
  addEventListener('beforeunload', () => {
    ranDry = true;
    removeEventListener('unload', end);
    addEventListener('unload', () => (process._exiting ? end() : process.once('exit', end)), { once: true });
  });
  const fail = (event, error) => {
    event.preventDefault();
    finish(failureFrame(error));
    exit(1);
  };
  addEventListener('error', (event) => fail(event, event.error ?? new Error(event.message)));
  addEventListener('unhandledrejection', (event) => fail(event, event.reason));

  try {
    const module = await import(URL.createObjectURL(toModule(code)));
    outcome = successFrame(await module.default);
  } catch (error) {
    finish(failureFrame(error));
    exit(1);
  }
}

/** The event loop ran dry while the program still awaited something. */
function stalled() {
  return failureFrame({ message: 'The program awaits a promise that nothing will settle' });
}
