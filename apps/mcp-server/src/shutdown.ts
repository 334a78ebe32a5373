/** ms that an orderly end may take before the process leaves anyway; sandboxes die with it. */
const PATIENCE_MS = 3_000;

/**
 * Ends the process when its client does: stdin at its end (what every client does last), SIGINT, SIGTERM, SIGHUP.
 *
 * @param steps run in parallel, each once
 */
export function endOnHangUp(steps: readonly (() => Promise<void>)[], log: (line: string) => void): void {
  let ending = false;
  const end = (cause: string, code: number): void => {
    if (ending) return;
    ending = true;
    log(`ending: ${cause}`);
    setTimeout(() => process.exit(code), PATIENCE_MS).unref();
    void Promise.allSettled(steps.map(async (step) => step())).then(() => process.exit(code));
  };
  process.stdin.once('end', () => end('stdin closed', 0));
  process.stdin.once('close', () => end('stdin closed', 0));
  // A client that no longer reads is gone too.
  process.stdout.once('error', () => end('stdout closed', 0));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end(signal, 0));
}
