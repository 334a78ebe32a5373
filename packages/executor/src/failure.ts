import type { ExecutionResult } from './result.ts';

type ResultError = NonNullable<ExecutionResult['error']>;

/** An execution that could not be run, as its result tells it: every thrown value becomes one. */
export function failureOf(thrown: unknown): ResultError {
  const { name, code, message } = (thrown ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
  const words = typeof message === 'string' && message !== '' ? message : String(thrown);
  // Whatever keeps the log from being written is the same to the caller: nothing runs that could not be logged.
  if (name === 'AuditLogError') return { kind: 'unavailable', code: 'audit_unavailable', message: words };
  if (code === 'invalid_request') {
    return { kind: 'policy', code, message: words.startsWith('Invalid request: ') ? words : `Invalid request: ${words}` };
  }
  return { kind: 'unavailable', message: words, ...(typeof code === 'string' && { code }) };
}
