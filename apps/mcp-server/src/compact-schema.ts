import { z } from 'zod';

type JsonObject = Record<string, unknown>;

/**
 * A schema whose JSON Schema, as clients see it, is written in fewer characters; what it accepts stays.
 *
 * @param unchecked announces the schema and leaves the check to whoever gets the value
 */
export function compactSchema<Schema extends z.ZodType>(schema: Schema, io: 'input' | 'output', unchecked = false): Schema {
  const json = compact(z.toJSONSchema(schema, { io }) as JsonObject, io === 'input');
  const standard = { ...schema['~standard'], ...(unchecked && { validate: (value: unknown) => ({ value }) }), jsonSchema: { input: () => json, output: () => json } };
  return Object.create(schema, { '~standard': { value: standard } }) as Schema;
}

/** Bounds that only say «any number that JavaScript can count» or that the server's own check names anyway. */
const OMITTED = new Set(['$schema', 'maximum', 'maxLength', 'maxItems']);

/** Objects further down are announced as objects, without their fields. */
const DETAIL_DEPTH = 3;

/**
 * Leaves out what a client can do without. The outermost object keeps `required`; in the results of this server,
 * which are always valid, it says nothing further down, and neither does `additionalProperties`.
 */
function compact(node: JsonObject, strict: boolean, depth = 0): JsonObject {
  const entries = Object.entries(node)
    .filter(([key]) => !OMITTED.has(key))
    .filter(([key]) => key !== 'additionalProperties' || (strict && depth === 0))
    .filter(([key]) => key !== 'required' || strict || depth === 0)
    .filter(([key]) => key !== 'properties' || depth < DETAIL_DEPTH)
    .map(([key, value]) => [key, key === 'properties' ? compactEach(value as JsonObject, strict, depth) : compactValue(value, strict, depth)]);
  return Object.fromEntries(entries) as JsonObject;
}

function compactEach(properties: JsonObject, strict: boolean, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, compactValue(value, strict, depth)]),
  );
}

function compactValue(value: unknown, strict: boolean, depth: number): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? compact(value as JsonObject, strict, depth + 1) : value;
}
