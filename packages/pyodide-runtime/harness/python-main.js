// The root module of a Python sandbox: loads Pyodide, gives up the permission to read its files, then takes the job.

import { createBridgeClient } from './bridge-client.js';
import { announceReady, createFinisher, readJob } from './io.js';
import { crashFrame, exitFrame } from './python-crash.js';
import { loadAfresh, loadSnapshot } from './python-load.js';
import { createPort } from './python-port.js';
import { connectStreams } from './python-streams.js';

const { parse } = JSON;
const { exit, permissions } = Deno;

const pyodide = await load();
connectStreams(pyodide);
const program = pyodide.pyimport('sandbox_program');
program.prepare();
permissions.revokeSync({ name: 'read' });

announceReady();
const job = readJob();
if (job) run(job);

async function load() {
  try {
    return await loadSnapshot('snapshot.bin');
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return loadAfresh();
  }
}

function run({ nonce, code, bridge }) {
  const finishFrame = createFinisher(nonce);
  const finish = (frame) => {
    finishFrame(frame);
    exit(0);
  };
  // Where Python itself cannot go on, Pyodide would print its own words and leave the program hanging.
  pyodide._api.fatal_error = (error) => finish(crashFrame(error));
  // Nothing is left that could run: the program waits for something that will never come, or exited by itself.
  addEventListener('beforeunload', () => finish(exitFrame(Deno.exitCode)));
  const uncaught = (event) => {
    event.preventDefault();
    finish(crashFrame(event.error ?? event.reason));
  };
  addEventListener('error', uncaught);
  addEventListener('unhandledrejection', uncaught);

  program.start.callPromising(code, createPort(createBridgeClient(bridge)), (frame) => finish(parse(frame)));
}
