import { field, neverConnected } from '../cost.ts';
import { FAILURE_TEXT } from '../pipeline/provider-failure.ts';
import type { ProviderFailureCode, TokenUsage } from '../ports.ts';
import { createProviderFailure, isProviderFailure, type ProviderFailure } from './failure.ts';
import { retryAfterMs } from './retry.ts';
import type { Scrubber } from './scrubber.ts';

/** Statuses that the API's error types stand for, used where an error comes as an event of a stream. */
const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const KIND_BY_STATUS: Readonly<Record<number, ProviderFailureCode>> = {
  401: 'provider_auth',
  403: 'provider_auth',
  429: 'provider_rate_limited',
  529: 'overloaded',
};

/**
 * An SDK error in the bridge's form. The key never appears in it, nothing of the SDK's error object is kept, and of a
 * refusal of the key (401, 403) not even the words.
 *
 * @param usage tokens reported before it failed; then work was done, whatever status the failure would have
 */
export function failureOf(error: unknown, scrubber: Scrubber, now: number, usage?: TokenUsage): ProviderFailure {
  if (isProviderFailure(error)) {
    const { kind, status, code, retryAfterMs: wait } = error;
    const words = kind === 'provider_auth' ? FAILURE_TEXT.provider_auth : scrubber.text(error.message);
    return createProviderFailure(words, usage && !error.usage ? { kind, usage } : { kind, status, code, usage: error.usage, retryAfterMs: wait });
  }
  const message = scrubber.text(wordsOf(error));
  const status = statusOf(error);
  if (status !== undefined) {
    const headers = field(error, 'headers');
    const kind = KIND_BY_STATUS[status] ?? (status < 500 ? 'provider_bad_request' : 'provider_unavailable');
    const wait = headers instanceof Headers ? retryAfterMs(headers, now) : undefined;
    const words = kind === 'provider_auth' ? FAILURE_TEXT.provider_auth : message;
    return createProviderFailure(words, usage ? { kind, usage } : { kind, status, retryAfterMs: wait });
  }
  return createProviderFailure(message, { kind: 'provider_unavailable', usage, code: neverConnected(error, 0) ? 'ECONNREFUSED' : undefined });
}

function statusOf(error: unknown): number | undefined {
  const status = field(error, 'status');
  if (typeof status === 'number') return status;
  const type = field(error, 'type');
  return typeof type === 'string' && Object.hasOwn(STATUS_BY_TYPE, type) ? STATUS_BY_TYPE[type] : undefined;
}

function wordsOf(error: unknown): string {
  const words = field(error, 'apiMessage') ?? field(error, 'message');
  return typeof words === 'string' ? words : 'unknown failure';
}
