import { randomBytes } from 'node:crypto';
import type { Jail } from './jail.ts';
import { watchMemory } from './memory-watch.ts';
import { frameTooLong, memoryExceeded, outcomeOfExit, outcomeOfFrame, type Outcome, type ResultLimits } from './outcome.ts';
import { OutputCollector, type OutputLimits } from './output-collector.ts';
import type { CheckedRequest } from './request.ts';
import type { RunResult } from './types.ts';

/** Every bound of a run but its wall clock, which the request brings. */
export interface RunLimits extends OutputLimits, ResultLimits {
  /** Resident memory in MB. */
  memoryMb: number;
  /** ms that the sandbox may take to start. */
  startupTimeoutMs: number;
}

interface Supervision {
  request: CheckedRequest;
  limits: RunLimits;
  signal: AbortSignal;
  /** Starts the process; rejects soon after its signal aborts and then leaves none behind. */
  start: (signal: AbortSignal) => Promise<Jail>;
}

const cancelled: Outcome = { error: { kind: 'cancelled', message: 'Execution cancelled' } };

/**
 * Sees one program through: start, hand-over, watch, end. Whatever decides the outcome first wins; the process is
 * killed and gone before this returns. Never rejects.
 */
export async function superviseRun({ request, limits, signal, start }: Supervision): Promise<RunResult> {
  if (signal.aborted) return assemble(cancelled, undefined, { startupMs: 0, executionTimeMs: 0 });
  const nonce = randomBytes(16).toString('hex');
  const began = performance.now();
  let handedOver: number | undefined;
  let jail: Jail | undefined;
  const cleanups: (() => void)[] = [];
  const startAborter = new AbortController();
  const decision = Promise.withResolvers<Outcome>();
  let decided = false;
  const decide = (outcome: Outcome): void => {
    decided = true;
    decision.resolve(outcome);
  };

  const collector = new OutputCollector(nonce, limits, {
    ready: () => handOver(),
    frame: (json) => decide(outcomeOfFrame(json, limits)),
    flood: () =>
      decide({ error: { kind: 'output', message: `Output limit exceeded: more than ${limits.stopBytes} bytes printed` } }),
    frameTooLong: () => decide(frameTooLong(limits)),
  });

  const after = (ms: number, outcome: Outcome): void => {
    const timer = setTimeout(() => decide(outcome), ms);
    cleanups.push(() => clearTimeout(timer));
  };

  const handOver = (): void => {
    if (!jail || decided) return;
    handedOver = performance.now();
    for (const cleanup of cleanups.splice(0)) cleanup();
    jail.dropWorkingDirectory();
    after(request.timeoutMs, {
      error: { kind: 'timeout', message: `Execution timed out after ${request.timeoutMs} ms` },
    });
    cleanups.push(watchMemory(jail.pid, limits.memoryMb, () => decide(memoryExceeded(limits.memoryMb))));
    const { code, bridge } = request;
    jail.write(`${JSON.stringify({ nonce, code, bridge })}\n`);
    jail.closeInput();
  };

  const onAbort = (): void => decide(cancelled);
  signal.addEventListener('abort', onAbort, { once: true });

  try {
    after(limits.startupTimeoutMs, unavailable(`The sandbox did not start within ${limits.startupTimeoutMs} ms`));
    const starting = start(startAborter.signal).then((started) => {
      jail = started;
      started.onOutput((chunk) => collector.feed(chunk));
      void started.exited.then((exit) => {
        collector.end();
        decide(
          handedOver === undefined
            ? unavailable(`The sandbox did not start: ${firstLine(exit.stderr)}`)
            : outcomeOfExit(exit, limits.memoryMb),
        );
      });
    });
    starting.catch((error: unknown) => decide(unavailable(error instanceof Error ? error.message : String(error))));
    const outcome = await decision.promise;
    const ended = performance.now();
    // A start still under way is called off and waited for, so that nothing is left behind.
    startAborter.abort();
    await starting.catch(() => {});
    jail?.kill();
    await jail?.exited;
    return assemble(outcome, collector, {
      startupMs: (handedOver ?? ended) - began,
      executionTimeMs: handedOver === undefined ? 0 : ended - handedOver,
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    for (const cleanup of cleanups) cleanup();
  }
}

function unavailable(message: string): Outcome {
  return { error: { kind: 'unavailable', message } };
}

function firstLine(stderr: string): string {
  return stderr.trim().split('\n')[0] || 'the process ended at once';
}

function assemble(
  outcome: Outcome,
  collector: OutputCollector | undefined,
  times: { startupMs: number; executionTimeMs: number },
): RunResult {
  const warnings = [...(outcome.warnings ?? [])];
  const dropped = collector?.droppedBytes ?? 0;
  if (dropped > 0) warnings.push({ code: 'output_truncated', message: `${dropped} bytes of output were dropped` });
  return {
    success: outcome.error === undefined,
    output: collector?.text() ?? '',
    ...('result' in outcome && { result: outcome.result }),
    executionTimeMs: round(times.executionTimeMs),
    startupMs: round(times.startupMs),
    isolation: 'process',
    ...(outcome.error && { error: outcome.error }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
