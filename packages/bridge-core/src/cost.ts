import type { TokenUsage } from './ports.ts';

/** Connection failures after which no byte of a request can have reached a server. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Sum of all kinds of tokens in a report, or undefined where it is no report. */
export function tokensOf(usage: unknown): number | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined;
  const report = usage as Partial<TokenUsage>;
  if (report.inputTokens === undefined && report.outputTokens === undefined) return undefined;
  let sum = 0;
  for (const part of [report.inputTokens, report.outputTokens, report.cacheCreationInputTokens, report.cacheReadInputTokens]) {
    if (part === undefined || part === null) continue;
    if (typeof part !== 'number' || !Number.isFinite(part) || part < 0) return undefined;
    sum += Math.ceil(part);
  }
  return Number.isSafeInteger(sum) ? sum : undefined;
}

/** True where the failure proves that the provider did no work: refused connection, unknown host, 4xx, 529. */
export function provesNoWork(error: unknown): boolean {
  const status = field(error, 'status');
  if (typeof status === 'number') return (status >= 400 && status < 500) || status === 529;
  return neverConnected(error, 0);
}

/** What a failed call costs in tokens: what was reported, else nothing where provably no work was done, else the reservation. */
export function costOfFailure(error: unknown, reserved: number, receivedText: boolean): number {
  const reported = tokensOf(field(error, 'usage'));
  if (reported !== undefined) return reported;
  return !receivedText && provesNoWork(error) ? 0 : reserved;
}

/** True where the connection was never made; looks through `cause` and, for several addresses, at every attempt. */
export function neverConnected(error: unknown, depth: number): boolean {
  if (depth > 5) return false;
  const code = field(error, 'code');
  if (typeof code === 'string' && NEVER_CONNECTED.has(code)) return true;
  const attempts = field(error, 'errors');
  if (Array.isArray(attempts) && attempts.length > 0) return attempts.every((attempt) => neverConnected(attempt, depth + 1));
  const cause = field(error, 'cause');
  return cause !== undefined && cause !== null && neverConnected(cause, depth + 1);
}

/** Reads a property of anything thrown, never throwing itself. */
export function field(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
