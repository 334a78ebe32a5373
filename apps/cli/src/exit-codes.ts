import type { ExecutionResult } from '@code-executor/executor';

/** What the process's exit status says. */
export const EXIT = { success: 0, failed: 1, usage: 2, limit: 3, unavailable: 4, cancelled: 130 } as const;

const LIMIT_KINDS = new Set(['timeout', 'memory', 'output']);
/** Quota errors that a program let through: a limit stopped it, not a mistake of its own. */
const LIMIT_CODES = new Set(['rate_limited', 'token_budget', 'cost_budget', 'tool_limit']);

/** The exit status for an execution's result. */
export function exitCodeOf({ success, error }: Pick<ExecutionResult, 'success' | 'error'>): number {
  if (success) return EXIT.success;
  if (error?.kind === 'cancelled') return EXIT.cancelled;
  if (error?.kind === 'unavailable' || error?.code === 'no_provider') return EXIT.unavailable;
  if (LIMIT_KINDS.has(error?.kind ?? '') || LIMIT_CODES.has(error?.code ?? '')) return EXIT.limit;
  return EXIT.failed;
}

/** A mistake in how the command was used; ends in status 2 with its message on stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
