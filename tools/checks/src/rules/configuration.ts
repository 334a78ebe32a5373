/** As much of JSON Schema as the configuration's uses. */
export interface JsonSchema {
  type?: string;
  enum?: readonly unknown[];
  pattern?: string;
  format?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
}

/** One key of the configuration, as its documentation must have it. */
export interface KeyRow {
  /** `sampling.enabled`; `NAME` stands for a key that the user chooses. */
  key: string;
  /** What it may be: `boolean`, `1–100`, `"a"`, `"b"` … */
  value: string;
  /** JSON, or `–` where there is none. */
  fallback: string;
}

/** Every key of a configuration schema that holds a value, in the schema's order. */
export function configurationRows(schema: JsonSchema, prefix = ''): KeyRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (property.properties !== undefined) return configurationRows(property, key);
    const entries = property.additionalProperties;
    if (typeof entries === 'object' && entries.properties !== undefined) {
      return [{ key, value: 'object', fallback: fallbackOf(property) }, ...configurationRows(entries, `${key}.NAME`)];
    }
    return [{ key, value: valueOf(property), fallback: fallbackOf(property) }];
  });
}

function valueOf({ type, enum: options, minimum, maximum, items, format, additionalProperties }: JsonSchema): string {
  if (options !== undefined) return options.map((option) => JSON.stringify(option)).join(', ');
  if (type === 'integer') return `${minimum}–${maximum}`;
  if (type === 'array') return `list of ${items === undefined ? 'values' : valueOf(items)}s`;
  if (type === 'object' && typeof additionalProperties === 'object') return `object of ${valueOf(additionalProperties)}s`;
  if (type === 'string' && format === 'uri') return 'URL';
  return type ?? 'any value';
}

function fallbackOf({ default: value }: JsonSchema): string {
  return value === undefined ? '–' : JSON.stringify(value);
}
