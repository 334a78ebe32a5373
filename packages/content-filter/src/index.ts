export { createContentFilter } from './content-filter.ts';
export type { ContentFilter } from './content-filter.ts';
export { ContentFilterError } from './errors.ts';
export type { ContentFilterErrorCode } from './errors.ts';
export type { ContentFilterOptions } from './options.ts';
export type { ContentFilterStream } from './stream.ts';
export { PII_PLACEHOLDER, SECRET_PLACEHOLDER } from './types.ts';
export type { Finding, FindingType, RedactionResult, Violation } from './types.ts';
