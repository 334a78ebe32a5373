/** Every code that leaves the bridge, with its HTTP status: the one table. */
export const ERROR_STATUS = {
  // HTTP, before a session is known
  bad_http: 400,
  headers_too_large: 431,
  request_timeout: 408,
  wrong_host: 421,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  expectation_failed: 417,
  unauthorized: 401,
  too_many_connections: 503,
  // the request
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_request: 400,
  // our own steps
  sampling_disabled: 403,
  rate_limited: 429,
  token_budget: 429,
  cost_budget: 429,
  system_prompt: 403,
  model: 403,
  content_filter: 422,
  filter_failed: 500,
  no_provider: 503,
  limiter_unavailable: 503,
  audit_unavailable: 503,
  // the provider
  timeout: 504,
  overloaded: 503,
  provider_rate_limited: 503,
  provider_auth: 502,
  provider_unavailable: 502,
  provider_bad_request: 502,
  // tools
  tool_not_allowed: 403,
  tool_not_found: 404,
  tool_arguments: 400,
  tool_limit: 429,
  tool_error: 502,
  tool_timeout: 504,
  tool_unavailable: 503,
  // the end of things
  cancelled: 499,
  session_closed: 503,
  bridge_closed: 503,
  internal: 500,
  // thrown to the embedding program, never sent
  bridge_start: 500,
  invalid_options: 500,
} as const;

/** A stable code of {@link ERROR_STATUS}. */
export type BridgeErrorCode = keyof typeof ERROR_STATUS;

/** What is left of a session's limits; `null` where the session has none. */
export interface QuotaRemaining {
  rounds: number | null;
  tokens: number | null;
}

/** The one error class of this package. */
export class BridgeError extends Error {
  override readonly name: string = 'BridgeError';
  /** Stable; from {@link ERROR_STATUS}, or another `tool_…` code that a tool port gave. */
  readonly code: string;
  /** What is left, on refusals by a limit. */
  quotaRemaining?: QuotaRemaining;

  constructor(code: BridgeErrorCode | `tool_${string}`, message: string, options?: { cause?: unknown; quotaRemaining?: QuotaRemaining }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options?.quotaRemaining) this.quotaRemaining = options.quotaRemaining;
  }

  /** The HTTP status of the code; 502 for a `tool_…` code that the table does not hold. */
  get status(): number {
    return statusOf(this.code);
  }
}

/** HTTP status of a code: the table's, 502 for other `tool_…` codes, else 500. */
export function statusOf(code: string): number {
  if (Object.hasOwn(ERROR_STATUS, code)) return ERROR_STATUS[code as BridgeErrorCode];
  return code.startsWith('tool_') ? 502 : 500;
}

/** Any thrown value as a {@link BridgeError}; what is not one becomes `internal`, its words kept as `cause` only. */
export function toBridgeError(thrown: unknown): BridgeError {
  if (thrown instanceof BridgeError) return thrown;
  return new BridgeError('internal', 'Internal error of the bridge', { cause: thrown });
}
