import type { ErrorObject } from 'ajv';
import { kind, show } from './show.ts';

/** What an error of the validator is about, in the words of JSON Schema's keywords. */
type Describe = (error: ErrorObject, value: unknown) => string;

const BY_KEYWORD: Record<string, Describe> = {
  required: ({ instancePath, params }) => `${at(instancePath, params['missingProperty'])} is required`,
  dependentRequired: ({ instancePath, params }) => `${at(instancePath, params['missingProperty'])} is required beside ${show(params['property'])}`,
  additionalProperties: ({ instancePath, params }) => `${at(instancePath, params['additionalProperty'])} is not a property of this tool`,
  unevaluatedProperties: ({ instancePath, params }) => `${at(instancePath, params['unevaluatedProperty'])} is not a property of this tool`,
  type: ({ instancePath, params }, value) => `${root(instancePath)} must be ${types(params['type'])} (got ${kind(value)})`,
  enum: ({ instancePath, params }, value) => `${root(instancePath)} must be one of ${choices(params['allowedValues'])} (got ${show(value)})`,
  const: ({ instancePath, params }, value) => `${root(instancePath)} must be ${show(params['allowedValue'])} (got ${show(value)})`,
  'false schema': ({ instancePath }) => `${root(instancePath)} is not allowed`,
};

/**
 * One sentence about why arguments do not fit, beginning with the JSON Pointer of the place: `/path must be string
 * (got number)`.
 *
 * @param errors Of the validator, in its order: the branches of a choice before the choice itself.
 * @param args What was checked.
 */
export function describeViolation(errors: readonly ErrorObject[], args: unknown): string {
  const last = errors.at(-1);
  if (!last) return 'they do not fit the schema';
  if (last.keyword !== 'anyOf' && last.keyword !== 'oneOf') return describe(last, args);
  const branches = errors.filter((error) => error.schemaPath.startsWith(`${last.schemaPath}/`));
  const place = root(last.instancePath);
  const value = valueAt(args, last.instancePath);
  if (branches.length > 0 && branches.every(({ keyword, instancePath }) => keyword === 'type' && instancePath === last.instancePath)) {
    return `${place} must be ${types([...new Set(branches.flatMap(({ params }) => params['type'] as string | string[]))])} (got ${kind(value)})`;
  }
  if (last.params['passingSchemas']) return `${place} must match exactly one of its forms (got ${show(value)}, which matches several)`;
  const reasons = branches.slice(0, 4).map((error) => describe(error, args));
  return `${place} must match one of its forms (got ${show(value)})${reasons.length > 0 ? `: ${reasons.join(', or ')}` : ''}`;
}

function describe(error: ErrorObject, args: unknown): string {
  const value = valueAt(args, error.instancePath);
  const known = Object.hasOwn(BY_KEYWORD, error.keyword) ? BY_KEYWORD[error.keyword] : undefined;
  return cut(known ? known(error, value) : `${root(error.instancePath)} ${error.message ?? `does not fit "${error.keyword}"`} (got ${show(value)})`);
}

function root(path: string): string {
  return path === '' ? 'the arguments' : cut(path);
}

function at(path: string, property: unknown): string {
  return cut(`${path}/${String(property).replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

function types(type: unknown): string {
  const all = (Array.isArray(type) ? type : String(type).split(',')).map(String);
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1)}` : all.join('');
}

function choices(values: unknown): string {
  const all: unknown[] = Array.isArray(values) ? values : [];
  return `${all.slice(0, 10).map(show).join(', ')}${all.length > 10 ? `, … (${all.length})` : ''}`;
}

function valueAt(value: unknown, pointer: string): unknown {
  let found: unknown = value;
  for (const step of pointer.split('/').slice(1)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return found;
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
