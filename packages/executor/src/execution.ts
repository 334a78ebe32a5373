import type { Parts } from './parts.ts';
import type { Policy } from './policy.ts';
import { refusedResult } from './refused-result.ts';
import type { ExecutionResult } from './result.ts';

interface Execution {
  executionId: string;
  policy: Policy;
  parts: Parts;
  signal: AbortSignal;
}

/** Runs one program to its end: a session on the bridge, a sandbox of its own, and a line in the audit log. */
export async function runExecution({ executionId, policy, parts, signal }: Execution): Promise<ExecutionResult> {
  const { bridge, gateway, limiter, audit } = parts;
  const session = bridge.openSession({
    executionId,
    sampling: policy.sampling,
    limits: { rounds: policy.rounds, tokens: policy.tokens },
    tools: gateway.scope(policy.allowedTools),
    maxToolCalls: policy.maxToolCalls,
    timeoutPerCallMs: policy.samplingTimeoutMs,
  });
  try {
    const { rounds, tokens } = policy.sampling ? policy : { rounds: 0, tokens: 0 };
    const run = await parts.runtime(policy.language).run({
      code: policy.code,
      timeoutMs: policy.timeoutMs,
      bridge: { url: bridge.url, token: session.token, budget: { rounds, tokens } },
      signal,
    });
    // Revokes the token and ends calls in flight, so that the figures below are final.
    await session.close();
    const metrics = session.metrics();
    const { success, output, executionTimeMs, startupMs, isolation, error } = run;
    const warnings = [...(run.warnings ?? []), ...session.warnings()];
    const result: ExecutionResult = {
      success,
      executionId,
      output,
      ...('result' in run && { result: run.result }),
      executionTimeMs,
      startupMs,
      isolation,
      ...(error && { error }),
      ...(warnings.length > 0 && { warnings }),
      toolCalls: session.toolCalls(),
      ...(policy.sampling && { samplingCalls: session.calls(), samplingMetrics: metrics }),
    };
    await audit.append({
      kind: 'execution',
      executionId,
      language: policy.language,
      code: policy.code,
      durationMs: Math.round(executionTimeMs),
      status: success ? 'success' : 'error',
      // The kind alone: a program chooses its own error codes, and free text has no place in the log.
      ...(error && { errorCode: error.kind }),
      tokensUsed: metrics.totalTokens,
      rounds: metrics.totalRounds,
    });
    return result;
  } catch (error) {
    // Fail closed: an execution that cannot be logged gives no answer.
    const { message = String(error) } = error as { message?: string };
    return refusedResult(executionId, { kind: 'unavailable', code: 'audit_unavailable', message }, policy);
  } finally {
    await session.close();
    await limiter.forget(`execution:${executionId}`);
  }
}
