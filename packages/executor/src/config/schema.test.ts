import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { configJsonSchema, configSchema } from './schema.ts';

// Format and pattern of an address are the schema's only part that ajv needs a plug-in for.
const validate = new Ajv2020({ strict: false, formats: { uri: (text: string) => URL.canParse(text) } }).compile(configJsonSchema());

const value = fc.oneof(
  fc.boolean(), fc.constant(null), fc.integer({ min: -5, max: 200 }), fc.double({ noNaN: true }), fc.constantFrom(0, 1, 64, 256, 3_600_000, 3_600_001, 86_400_000, 86_400_001, 1e6, 1e9 + 1),
  fc.constantFrom('', '*', 'auto', 'echo', 'redact', 'reject', 'secrets', 'deny', 'disk', 'sha256', 'mcp__a__b', 'mcp__a__*', 'mcp__*x', 'claude-sonnet-5-5', 'http://127.0.0.1:1', 'HTTPS://x/v1', 'http://u:p@x', 'http:///u@x', 'http://x?k=1', 'ftp://x'),
  fc.array(fc.constantFrom('', '*', 'x', 'mcp__a__*', 5), { maxLength: 2 }),
);
const LEAVES: Record<string, string[]> = {
  sampling: Object.keys(configSchema.shape.sampling.unwrap().shape),
  tools: Object.keys(configSchema.shape.tools.unwrap().shape),
  runtime: Object.keys(configSchema.shape.runtime.unwrap().shape),
  audit: Object.keys(configSchema.shape.audit.unwrap().shape),
};
const section = fc.constantFrom(...Object.keys(LEAVES)).chain((name) =>
  fc.dictionary(fc.constantFrom(...(LEAVES[name] ?? []), 'unknown'), value, { maxKeys: 3 }).map((content) => ({ [name]: content })),
);
const server = fc.record(
  { command: fc.constantFrom('node', '', 5), url: fc.constantFrom('http://x', '', 'x'), args: fc.constantFrom([], ['x'], [5], 'x'), type: fc.constantFrom('stdio', 'http', 'sse'), env: fc.constantFrom({}, { A: 'b' }, { A: 5 }), further: value },
  { requiredKeys: [] },
);
const servers = fc.dictionary(fc.constantFrom('a', 'b', ''), server, { maxKeys: 2 }).map((mcpServers) => ({ mcpServers }));
const topLevel = fc.dictionary(fc.constantFrom('anthropicApiKey', 'anthropicBaseUrl', 'projectServers', 'mcpServers', '$schema', 'sampling', 'unknown'), value, { maxKeys: 2 });

test('the published JSON Schema takes exactly what the configuration takes', () => {
  const agreed = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof(section, section, servers, topLevel), (input) => {
      const taken = configSchema.safeParse(input).success;
      expect({ input, taken: validate(input) }).toEqual({ input, taken });
      agreed[taken ? 'taken' : 'refused']++;
    }),
    { seed: 7, numRuns: process.env['CODE_EXECUTOR_LONG_TESTS'] ? 100_000 : 2_000 },
  );
  expect(Math.min(agreed.taken, agreed.refused)).toBeGreaterThan(100);
});

test('every setting of the published schema that is not obvious is described', () => {
  const schema = configJsonSchema() as { properties: Record<string, { properties?: Record<string, object> }>; additionalProperties: boolean };
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties)).toEqual(['$schema', 'anthropicApiKey', 'anthropicBaseUrl', 'sampling', 'tools', 'mcpServers', 'projectServers', 'runtime', 'audit']);
  expect(schema.properties['sampling']?.properties?.['maxRoundsPerExecution']).toMatchObject({ type: 'integer', minimum: 1, default: 10 });
});

test('what the configuration fills in, it takes again unchanged', () => {
  const filled = configSchema.parse({});
  expect(configSchema.parse(filled)).toEqual(filled);
  expect(validate(filled)).toBe(true);
});
