/** Stable codes of this package's own errors. Misuse of options is deno-runtime's `RuntimeError` `invalid_option`. */
export type PyodideRuntimeErrorCode = 'pyodide_not_found' | 'cache_unusable' | 'snapshot_failed';

/** A machine on which Python cannot be prepared. Failures of a program are results, never errors. */
export class PyodideRuntimeError extends Error {
  override readonly name = 'PyodideRuntimeError';
  readonly code: PyodideRuntimeErrorCode;

  constructor(code: PyodideRuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
