/** Stable codes of this package's errors. */
export type ExecutorErrorCode = 'config' | 'executor_closed';

/** A configuration that stops the start, or a misuse of the executor. Failures of an execution are results. */
export class ExecutorError extends Error {
  override readonly name = 'ExecutorError';
  readonly code: ExecutorErrorCode;

  constructor(code: ExecutorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
