/** Everything that moves a cursor, rings a bell, hides or reorders text. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text from outside, made safe to print: control characters become a space, the end is cut.
 *
 * @param max Longest result in UTF-16 units; a cut is marked with `…`.
 */
export function oneLine(text: string, max: number): string {
  const head = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return head.replace(CONTROL, ' ');
}

/** A short, safe picture of any value for a message; never calls into the value itself. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(oneLine(value, 60));
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value);
  return kind(value);
}

/** The JSON type of a value, as JSON Schema names it: `null`, `array`, `object`, `string`, `number`, `boolean`. */
export function kind(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Whether a value is a JSON object: not null, not an array, not of a class. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
