import { field } from '../cost.ts';
import { BridgeError } from '../errors.ts';
import type { FilterPort, ProviderFailureCode } from '../ports.ts';
import { redactWith } from './redact.ts';

/** Characters of a provider's own words up to which they are looked at at all, and that are shown. */
const WORDS = { read: 16_384, shown: 500 } as const;

/** What user code reads of each kind, whatever the provider says. */
export const FAILURE_TEXT: Readonly<Record<ProviderFailureCode, string>> = {
  overloaded: 'The model provider is overloaded',
  provider_rate_limited: 'The model provider limits the rate of our calls',
  provider_auth: 'The model provider refused our credentials',
  provider_unavailable: 'The model provider failed or could not be reached',
  provider_bad_request: 'The model provider refused the request',
  timeout: 'The model provider timed out',
};

/** The kind of a failure, by `kind` where the provider names it, else by `status`. */
export function kindOf(error: unknown): ProviderFailureCode {
  const kind = field(error, 'kind');
  if (typeof kind === 'string' && Object.hasOwn(FAILURE_TEXT, kind)) return kind as ProviderFailureCode;
  const status = field(error, 'status');
  if (typeof status !== 'number') return 'provider_unavailable';
  if (status === 529) return 'overloaded';
  if (status === 429) return 'provider_rate_limited';
  if (isAuthStatus(status)) return 'provider_auth';
  if (status >= 400 && status < 500) return 'provider_bad_request';
  return 'provider_unavailable';
}

/** A failure for user code: its kind, and the provider's own words only where a filter has seen them. */
export function describeFailure(error: unknown, filter: FilterPort | undefined): BridgeError {
  const kind = kindOf(error);
  // What a provider says about credentials may quote them.
  const words = filter && kind !== 'provider_auth' && !isAuthStatus(field(error, 'status')) ? wordsOf(error, filter) : '';
  return new BridgeError(kind, words === '' ? FAILURE_TEXT[kind] : `${FAILURE_TEXT[kind]}: ${words}`, { cause: error });
}

function isAuthStatus(status: unknown): boolean {
  return status === 401 || status === 403;
}

function wordsOf(error: unknown, filter: FilterPort): string {
  const message = field(error, 'message');
  // Never cut before filtering: half a secret is not recognised.
  if (typeof message !== 'string' || message.length > WORDS.read) return '';
  try {
    const shown = redactWith(filter, message).text;
    return shown.length > WORDS.shown ? `${shown.slice(0, WORDS.shown)}…` : shown;
  } catch {
    return '';
  }
}
