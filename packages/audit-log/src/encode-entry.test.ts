import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { execution, sampling, tool } from '../test/helpers.ts';
import { encodeEntry } from './encode-entry.ts';
import { AuditLogError } from './errors.ts';
import { isPlainName } from './names.ts';

const encoding = { hash: (text: string) => `#${text.length}`, isKnown: isPlainName };
const secret = 'the value that must not show';

const bad: [string, unknown][] = [
  ['entry', null],
  ['kind', {}],
  ['kind', { ...sampling(), kind: 'recovered' }],
  ['kind', { ...sampling(), kind: 'toString' }],
  ['executionId', { ...sampling(), executionId: undefined }],
  ['round', sampling({ round: -1 })],
  ['round', sampling({ round: 1.5 })],
  ['prompt', { ...sampling(), prompt: { text: secret } }],
  ['prompt', { ...sampling(), prompt: undefined }],
  ['tokensUsed', sampling({ tokensUsed: NaN })],
  ['durationMs', sampling({ durationMs: Infinity })],
  ['durationMs', sampling({ durationMs: -1 })],
  ['status', { ...sampling(), status: secret }],
  ['language', { ...execution(), language: secret }],
  ['contentViolations', { ...tool(), contentViolations: secret }],
  ['contentViolations', { ...tool(), contentViolations: Array.from({ length: 1_001 }, () => ({})) }],
  ['contentViolations[0]', { ...tool(), contentViolations: [null] }],
  ['contentViolations[0].type', { ...tool(), contentViolations: [{ type: secret, pattern: 'email', count: 1 }] }],
  ['contentViolations[0].text', { ...tool(), contentViolations: [{ type: 'pii', pattern: 'email', count: 1, text: secret }] }],
  ['note', { ...tool(), note: secret }],
];

it.each(bad)('refuses a bad %s and does not show its text', (field, entry) => {
  const refuse = () => encodeEntry(entry, encoding);
  expect(refuse).toThrow(AuditLogError);
  expect(refuse).toThrow(`${field} `);
  expect(refuse).not.toThrow(secret);
});

it('a field name that is no name is not shown either', () => {
  expect(() => encodeEntry({ ...tool(), [secret]: 1 }, encoding)).toThrow(/^a field is not known here/);
});

it('names that do not look like names are hashed, so that no call goes unlogged', () => {
  expect(encodeEntry(sampling({ model: secret, executionId: secret, errorCode: secret }), encoding)).toMatchObject({
    model: `#${secret.length}`,
    executionId: `#${secret.length}`,
    errorCode: `#${secret.length}`,
  });
});

it('leaves out contentViolations where no filter ran, which is not the same as none', () => {
  const { contentViolations: _, ...unfiltered } = sampling();
  expect(encodeEntry(unfiltered, encoding)).not.toHaveProperty('contentViolations');
});

it('takes any value whatever or refuses it with a typed error, and yields JSON without a quote too many', () => {
  const anyField = fc.record({ executionId: fc.string(), model: fc.string(), prompt: fc.string(), response: fc.string(), errorCode: fc.string() });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), anyField.map((fields) => sampling(fields))), (entry) => {
      try {
        return /^[ -~]*$/.test(JSON.stringify(encodeEntry(entry, encoding)));
      } catch (error) {
        return error instanceof AuditLogError && error.code === 'invalid_entry';
      }
    }),
    { seed: 20_266, numRuns: 1_000 },
  );
  expect(Object.keys(encodeEntry(tool(), encoding))[0]).toBe('kind');
});
