/** Stable codes of this package's errors. */
export type RuntimeErrorCode = 'invalid_option' | 'deno_not_found' | 'deno_too_old' | 'runtime_closed';

/** A misuse of the runtime, or a machine on which it cannot work. Failures of a program are results, never errors. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
