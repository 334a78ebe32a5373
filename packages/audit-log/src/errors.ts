/**
 * What went wrong.
 *
 * - `invalid_options`, `invalid_entry`: an argument is missing, unknown or out of range; nothing was written.
 * - `closed`: `append` after `close`.
 * - `write_failed`: the entry is not acknowledged; `cause` is the system's error. Later appends may succeed.
 * - `read_failed`: a file that is needed could not be opened or read.
 * - `insecure_file`: a log or key file that others can change, or a key that others can read.
 * - `key_invalid`, `key_missing`, `key_mismatch`: the key is not one, is gone, or is not the one of this log.
 * - `foreign_file`: the file holds no audit log.
 */
export type AuditLogErrorCode =
  | 'invalid_options'
  | 'invalid_entry'
  | 'closed'
  | 'write_failed'
  | 'read_failed'
  | 'insecure_file'
  | 'key_invalid'
  | 'key_missing'
  | 'key_mismatch'
  | 'foreign_file';

/** The one error of this package. Its message never shows the text of an entry. */
export class AuditLogError extends Error {
  override readonly name: string = 'AuditLogError';
  /** Stable, for programs; the message is for people. */
  readonly code: AuditLogErrorCode;

  constructor(code: AuditLogErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The system's short name of an error (`ENOSPC`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What the system said, for the end of a message. */
export function systemReason(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : 'unknown reason');
}
