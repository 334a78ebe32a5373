import type { z } from 'zod';

/** Longest text that an error shows; keys and tokens are longer, and no error may repeat one. */
const SHOWN_CHARACTERS = 20;

/** What is wrong and with which value, in one line. Texts longer than 20 characters are not shown: they may be secrets. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const found = issue.path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
  const shown = showValue(found);
  return shown === undefined ? issue.message : `${issue.message}, got ${shown}`;
}

/** A value fit for an error message; undefined for one that says nothing or may be a secret. */
export function showValue(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.length <= SHOWN_CHARACTERS) return JSON.stringify(value);
  return undefined;
}
