import type { z } from 'zod';

/** Longest text that an error shows; most keys and tokens are longer. */
const SHOWN_CHARACTERS = 20;

/** Fields of a server's entry that may be shown. Of the others, even a short text or a number may be a secret. */
const SHOWN_SERVER_FIELDS: ReadonlySet<unknown> = new Set(['type', 'command', 'cwd', 'disabled']);

/**
 * What is wrong and with which value, in one line. Texts longer than 20 characters are not shown: they may be secrets.
 * Nor is any value, however short, in a place where secrets are kept.
 *
 * @param issue with the whole path from the root of the configuration
 */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const found = issue.path.reduce<unknown>(
    (node, key) => (typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
  const shown = isSecretPlace(issue.path, found) ? undefined : showValue(found);
  return shown === undefined ? issue.message : `${issue.message}, got ${shown}`;
}

function isSecretPlace([section, , field]: readonly PropertyKey[], value: unknown): boolean {
  if (section === undefined || section === 'anthropicApiKey') return true;
  // What a mistyped address holds before its host, or in its query.
  if (section === 'anthropicBaseUrl') return typeof value !== 'string' || /[@?#]/.test(value);
  return section === 'mcpServers' && !SHOWN_SERVER_FIELDS.has(field);
}

/** A value fit for an error message; undefined for one that says nothing or may be a secret. */
export function showValue(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.length <= SHOWN_CHARACTERS) return JSON.stringify(value);
  return undefined;
}
