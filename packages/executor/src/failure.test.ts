import { AuditLogError } from '@code-executor/audit-log';
import { BridgeError } from '@code-executor/bridge-core';
import { RuntimeError } from '@code-executor/deno-runtime';
import { ToolGatewayError } from '@code-executor/tool-gateway';
import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

test.each<[string, unknown, ReturnType<typeof failureOf>]>([
  ['a bridge that does not start', new BridgeError('bridge_start', 'Bridge server failed to start: EMFILE'), { kind: 'unavailable', code: 'bridge_start', message: 'Bridge server failed to start: EMFILE' }],
  ['a sandbox that is not there', new RuntimeError('deno_not_found', 'Deno not found'), { kind: 'unavailable', code: 'deno_not_found', message: 'Deno not found' }],
  ['a log that cannot be opened', new AuditLogError('insecure_file', 'others can write it'), { kind: 'unavailable', code: 'audit_unavailable', message: 'others can write it' }],
  ['a malformed list of tools', new ToolGatewayError('invalid_request', 'allowedTools[0] is wrong'), { kind: 'policy', code: 'invalid_request', message: 'Invalid request: allowedTools[0] is wrong' }],
  ['an error without a code', new TypeError('no'), { kind: 'unavailable', message: 'no' }],
  ['an error without words', new Error(''), { kind: 'unavailable', message: 'Error' }],
  ['a text', 'no', { kind: 'unavailable', message: 'no' }],
  ['nothing', undefined, { kind: 'unavailable', message: 'undefined' }],
])('%s becomes the error of a result', (_, thrown, expected) => {
  expect(failureOf(thrown)).toEqual(expected);
});
