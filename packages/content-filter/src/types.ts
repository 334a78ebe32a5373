/** What a finding is: a credential, or data about a person. */
export type FindingType = 'secret' | 'pii';

/** One place in a text that the filter redacts. It never carries the value itself. */
export interface Finding {
  type: FindingType;
  /** Name of the rule that found it, for example `openai_key`. */
  pattern: string;
  /** First UTF-16 unit, counted from the start of the text. */
  start: number;
  /** One past the last UTF-16 unit. */
  end: number;
}

/** How often one rule fired. Listed in the order in which the rules first fired. */
export interface Violation {
  type: FindingType;
  pattern: string;
  /** Number of placeholders written for this pattern, at least 1. */
  count: number;
}

/** A text after redaction, and what was taken out of it. */
export interface RedactionResult {
  text: string;
  violations: Violation[];
}

/** What takes the place of a secret. */
export const SECRET_PLACEHOLDER = '[REDACTED_SECRET]';

/** What takes the place of personal data. */
export const PII_PLACEHOLDER = '[REDACTED_PII]';
