import { AuditLogError } from './errors.ts';
import { isHostId, isPlainName } from './names.ts';

/** How a text becomes its hash, and which names of models and tools may stand as they are. */
export interface Encoding {
  hash(text: string): string;
  isKnown(name: string): boolean;
}

interface Field {
  /** Name in the file. */
  as: string;
  optional?: boolean;
  encode(value: unknown, name: string, encoding: Encoding): unknown;
}

const MAX_VIOLATIONS = 1_000;

const count: Field['encode'] = (value, name) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : refuse(name, value, 'a whole number from 0');

const duration: Field['encode'] = (value, name) =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.round(value) : refuse(name, value, 'a number of milliseconds from 0');

const hashed: Field['encode'] = (value, name, { hash }) => hash(text(value, name));

const id: Field['encode'] = (value, name, { hash }) => (isHostId(text(value, name)) ? value : hash(text(value, name)));

const name: Field['encode'] = (value, field, { hash, isKnown }) => (isKnown(text(value, field)) ? value : hash(text(value, field)));

const code: Field['encode'] = (value, field, { hash }) => (isPlainName(text(value, field)) ? value : hash(text(value, field)));

function oneOf(...values: string[]): Field['encode'] {
  return (value, field) => (typeof value === 'string' && values.includes(value) ? value : refuse(field, value, `one of ${values.join(', ')}`));
}

const VIOLATION: Record<string, Field> = {
  type: { as: 'type', encode: oneOf('secret', 'pii') },
  pattern: { as: 'pattern', encode: code },
  count: { as: 'count', encode: count },
  direction: { as: 'direction', encode: oneOf('prompt', 'response'), optional: true },
};

const violations: Field['encode'] = (value, field, encoding) => {
  if (!Array.isArray(value) || value.length > MAX_VIOLATIONS) return refuse(field, value, `an array of at most ${MAX_VIOLATIONS} violations`);
  return Array.from(value, (violation: unknown, index) => encodeFields(violation, VIOLATION, `${field}[${index}].`, encoding));
};

const END: Record<string, Field> = {
  durationMs: { as: 'durationMs', encode: duration },
  status: { as: 'status', encode: oneOf('success', 'error') },
  errorCode: { as: 'errorCode', encode: code, optional: true },
};

const KINDS: Record<string, Record<string, Field>> = {
  sampling: {
    executionId: { as: 'executionId', encode: id },
    round: { as: 'round', encode: count },
    model: { as: 'model', encode: name },
    prompt: { as: 'promptHash', encode: hashed },
    response: { as: 'responseHash', encode: hashed },
    tokensUsed: { as: 'tokensUsed', encode: count },
    ...END,
    contentViolations: { as: 'contentViolations', encode: violations, optional: true },
  },
  tool: {
    executionId: { as: 'executionId', encode: id },
    tool: { as: 'tool', encode: name },
    arguments: { as: 'argumentsHash', encode: hashed },
    response: { as: 'responseHash', encode: hashed },
    ...END,
    contentViolations: { as: 'contentViolations', encode: violations, optional: true },
  },
  execution: {
    executionId: { as: 'executionId', encode: id },
    language: { as: 'language', encode: oneOf('typescript', 'python') },
    code: { as: 'codeHash', encode: hashed },
    rounds: { as: 'rounds', encode: count, optional: true },
    tokensUsed: { as: 'tokensTotal', encode: count, optional: true },
    ...END,
  },
};

/**
 * Checks an entry and turns its texts into hashes. What comes back holds no text that a caller chose freely.
 *
 * @throws AuditLogError `invalid_entry`, with the field's name and never its text.
 */
export function encodeEntry(entry: unknown, encoding: Encoding): object {
  if (typeof entry !== 'object' || entry === null) return refuse('entry', entry, 'an object');
  const { kind, ...rest } = entry as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) return refuse('kind', kind, `one of ${Object.keys(KINDS).join(', ')}`);
  return { kind, ...encodeFields(rest, KINDS[kind] ?? {}, '', encoding) };
}

function encodeFields(value: unknown, fields: Record<string, Field>, path: string, encoding: Encoding): object {
  if (typeof value !== 'object' || value === null) return refuse(path.slice(0, -1), value, 'an object');
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined) {
    throw new AuditLogError('invalid_entry', `${path}${isPlainName(unknown) ? unknown : 'a field'} is not known here; known are ${Object.keys(fields).join(', ')}`);
  }
  const encoded: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(fields)) {
    const given: unknown = Reflect.get(value, key);
    if (given !== undefined || field.optional !== true) encoded[field.as] = field.encode(given, `${path}${key}`, encoding);
  }
  return encoded;
}

function text(value: unknown, field: string): string {
  return typeof value === 'string' ? value : refuse(field, value, 'a string');
}

/** Strings are described, not shown: they may be what the log must not hold. */
function refuse(field: string, value: unknown, expected: string): never {
  const given = typeof value === 'string' ? `a string of ${value.length} characters` : typeof value === 'number' ? String(value) : value === null ? 'null' : `of type ${typeof value}`;
  throw new AuditLogError('invalid_entry', `${field} must be ${expected}, but is ${given}`);
}
