/**
 * Why the limiter refused to answer.
 *
 * - `invalid_request`: an argument is missing, of the wrong kind or out of range; `field` names it.
 * - `id_conflict`: a live lease has this id but was asked for with other scopes or amounts.
 * - `store_failed`: the store threw; `cause` is what it threw. Nothing was granted.
 */
export type RateLimiterErrorCode = 'invalid_request' | 'id_conflict' | 'store_failed';

/** The one error of this package. A full budget is not an error: `reserve` answers `{ ok: false }`. */
export class RateLimiterError extends Error {
  override readonly name: string = 'RateLimiterError';
  /** Stable, for programs; the message is for people. */
  readonly code: RateLimiterErrorCode;
  /** The argument at fault, as a path: `scopes[1].limits.tokens`. */
  readonly field: string | undefined;

  constructor(code: RateLimiterErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.field = options.field;
  }
}

/**
 * An `invalid_request` that names the field, shows its value and says what would be right.
 *
 * @param field Path of the argument.
 * @param value What was given; shown in at most 60 characters.
 * @param expected What is accepted, as the end of the sentence "… must be".
 */
export function invalid(field: string, value: unknown, expected: string): RateLimiterError {
  return new RateLimiterError('invalid_request', `${field} must be ${expected}, but is ${show(value)}`, { field });
}

/** A short, safe picture of any value; never calls into the value itself. */
function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.slice(0, 60));
    return value.length > 60 ? `${text}… (${value.length} characters)` : text;
  }
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return 'a bigint';
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
