import { field } from '../cost.ts';
import { kindOf } from '../pipeline/provider-failure.ts';
import type { ProviderFailureCode, TokenUsage } from '../ports.ts';

/** What a provider says about a failed call, beside its words. */
export interface ProviderFailureFacts {
  kind?: ProviderFailureCode;
  /** HTTP status, where there was one. */
  status?: number;
  /** For example `ECONNREFUSED`. */
  code?: string;
  /** Tokens reported before it failed. */
  usage?: TokenUsage;
  /** Milliseconds that the provider asks to wait. */
  retryAfterMs?: number;
}

/** An error in the form that the bridge reads: plain properties on an `Error`. */
export type ProviderFailure = Error & ProviderFailureFacts;

/** Makes a {@link ProviderFailure}; undefined facts are left out. */
export function createProviderFailure(message: string, facts: { [K in keyof ProviderFailureFacts]: ProviderFailureFacts[K] | undefined } = {}): ProviderFailure {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as ProviderFailureFacts;
  const failure = Object.assign(new Error(message), known);
  failure.name = 'ProviderFailure';
  failure.kind ??= kindOf(failure);
  return failure;
}

/** True for a value that {@link createProviderFailure} made. */
export function isProviderFailure(value: unknown): value is ProviderFailure {
  return value instanceof Error && field(value, 'name') === 'ProviderFailure';
}
