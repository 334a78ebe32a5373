import type { Session } from '@code-executor/bridge-core';
import type { RunResult } from '@code-executor/deno-runtime';
import type { Parts } from './parts.ts';
import type { Policy } from './policy.ts';
import { MOST_REFUSED_CALLS } from './refusal-watch.ts';
import { refusedResult } from './refused-result.ts';
import type { ExecutionResult } from './result.ts';

const TOO_MANY_REFUSALS = {
  kind: 'policy',
  code: 'too_many_refusals',
  message: `Execution stopped: ${MOST_REFUSED_CALLS} of its calls were refused`,
} as const;

interface Execution {
  executionId: string;
  policy: Policy;
  parts: Parts;
  signal: AbortSignal;
}

/**
 * Runs one program to its end: a session on the bridge, a sandbox of its own, and a line in the audit log.
 *
 * @throws what opening the session or the runtime throws; then nothing ran
 */
export async function runExecution({ executionId, policy, parts, signal }: Execution): Promise<ExecutionResult> {
  const { bridge, gateway, limiter, audit } = parts;
  const runtime = parts.runtime(policy.language);
  const tools = gateway.scope(policy.allowedTools);
  const session = bridge.openSession({
    executionId,
    sampling: policy.sampling,
    limits: { rounds: policy.rounds, tokens: policy.tokens },
    tools,
    maxToolCalls: policy.maxToolCalls,
    timeoutPerCallMs: policy.samplingTimeoutMs,
  });
  const refused = new AbortController();
  const unwatch = parts.refusals.watch(executionId, () => refused.abort());
  try {
    const { rounds, tokens } = policy.sampling ? policy : { rounds: 0, tokens: 0 };
    const ended = await runtime.run({
      code: policy.code,
      timeoutMs: policy.timeoutMs,
      bridge: { url: bridge.url, token: session.token, budget: { rounds, tokens } },
      signal: AbortSignal.any([signal, refused.signal]),
    });
    const stopped = refused.signal.aborted && !signal.aborted && ended.error?.kind === 'cancelled';
    const run: RunResult = stopped ? { ...ended, error: TOO_MANY_REFUSALS } : ended;
    // Revokes the token and ends calls in flight, so that the figures below are final.
    await session.close();
    try {
      await audit.append(entryOf(executionId, policy, run, session));
    } catch (error) {
      // Fail closed: an execution that cannot be logged gives no answer. What it spent is spent, and still told.
      const { message = String(error) } = error as { message?: string };
      const withheld = refusedResult(executionId, { kind: 'unavailable', code: 'audit_unavailable', message }, policy);
      return { ...withheld, ...callsOf(session, policy) };
    }
    const { success, output, executionTimeMs, startupMs, isolation, error } = run;
    const warnings = [...(run.warnings ?? []), ...session.warnings(), ...tools.warnings()];
    return {
      success,
      executionId,
      output,
      ...('result' in run && { result: run.result }),
      executionTimeMs,
      startupMs,
      isolation,
      ...(error && { error }),
      ...(warnings.length > 0 && { warnings }),
      ...callsOf(session, policy),
    };
  } finally {
    unwatch();
    await session.close();
    await limiter.forget(executionId);
  }
}

/** What an execution asked of tools and model: part of its result however it ends. */
function callsOf(session: Session, { sampling }: Policy): Pick<ExecutionResult, 'toolCalls' | 'samplingCalls' | 'samplingMetrics'> {
  return {
    toolCalls: session.toolCalls(),
    ...(sampling && { samplingCalls: session.calls(), samplingMetrics: session.metrics() }),
  };
}

function entryOf(executionId: string, { language, code }: Policy, run: RunResult, session: Session): Parameters<Parts['audit']['append']>[0] {
  const { totalTokens, totalRounds } = session.metrics();
  return {
    kind: 'execution',
    executionId,
    language,
    code,
    durationMs: Math.round(run.executionTimeMs),
    status: run.success ? 'success' : 'error',
    // The kind alone: a program chooses its own error codes, and free text has no place in the log.
    ...(run.error && { errorCode: run.error.kind }),
    tokensUsed: totalTokens,
    rounds: totalRounds,
  };
}
