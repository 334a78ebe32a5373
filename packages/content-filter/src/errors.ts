/**
 * Why the filter refused to work:
 * - `invalid_options`: an option is unknown, of the wrong type, or leaves no rule switched on
 * - `invalid_text`: something other than a string was given as text
 * - `stream_ended`: `write` was called after `end`
 */
export type ContentFilterErrorCode = 'invalid_options' | 'invalid_text' | 'stream_ended';

/** The one error of this package. The message names the thing, its value and the cure. */
export class ContentFilterError extends Error {
  override readonly name: string = 'ContentFilterError';
  /** Stable; compare this, not the message. */
  readonly code: ContentFilterErrorCode;

  constructor(code: ContentFilterErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
