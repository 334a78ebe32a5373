import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { freshPath, recordsOf, sampling, someKey } from '../test/helpers.ts';
import { hashText } from './key.ts';
import { openAuditLog } from './open-audit-log.ts';
import { verifyAuditLog } from './verify-audit-log.ts';

async function write(path: string, options: { key?: Uint8Array | string } = {}): Promise<void> {
  const log = await openAuditLog({ path, ...options });
  await log.append(sampling());
  await log.close();
}

it('a key is made once and used by all who open the log', async () => {
  const path = freshPath();
  await Promise.all(Array.from({ length: 20 }, () => write(path)));
  const key = readFileSync(`${path}.key`, 'latin1');
  await write(path);
  expect(readFileSync(`${path}.key`, 'latin1')).toBe(key);
  expect(new Set(recordsOf(path).map((record) => record['promptHash'])).size).toBe(1);
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 21 });
});

it('a key may come as bytes, as hex digits or as a file, and means the same', async () => {
  const path = freshPath();
  const bytes = someKey();
  const hex = Buffer.from(bytes).toString('hex');
  await write(path, { key: bytes });
  writeFileSync(`${path}.other`, `${hex}\n`, { mode: 0o600 });
  for (const key of [bytes, hex, { file: `${path}.other` }]) {
    expect(await verifyAuditLog({ path, key })).toMatchObject({ status: 'intact', authenticated: true });
    expect(hashText('What is 2+2?', key)).toBe(recordsOf(path)[0]?.['promptHash']);
  }
});

it('a key file that others can read is refused with the cure', async () => {
  const path = freshPath();
  await write(path);
  chmodSync(`${path}.key`, 0o640);
  const refusal = { code: 'insecure_file', message: `key file ${path}.key is open to other users (mode 640); run: chmod 600 ${path}.key` };
  await expect(openAuditLog({ path })).rejects.toMatchObject(refusal);
  await expect(verifyAuditLog({ path })).rejects.toMatchObject(refusal);
});

it('a key that is none is refused without showing it', async () => {
  const path = freshPath();
  for (const key of ['not a key', new Uint8Array(31), '']) await expect(openAuditLog({ path, key })).rejects.toMatchObject({ code: 'key_invalid' });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.key`, 'something private', { mode: 0o600 });
  await expect(openAuditLog({ path })).rejects.toThrow(/^key file .* must hold 64 hex digits, but holds 17 characters/);
  await expect(verifyAuditLog({ path, key: { file: `${path}.none` } })).rejects.toMatchObject({ code: 'key_missing' });
});

it('a log is not continued with another key, which would make it fail its own verification', async () => {
  const path = freshPath();
  await write(path);
  await expect(write(path, { key: someKey() })).rejects.toMatchObject({ code: 'key_mismatch' });
  rmSync(`${path}.key`);
  await expect(write(path)).rejects.toMatchObject({ code: 'key_missing' });
  expect(recordsOf(path)).toHaveLength(1);
});

it('without the key the chain still verifies, and the result says that it was not authenticated', async () => {
  const path = freshPath();
  await write(path);
  rmSync(`${path}.key`);
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 1, authenticated: false });
});

it('with another key nothing verifies, and the reason names both', async () => {
  const path = freshPath();
  await write(path);
  const result = await verifyAuditLog({ path, key: someKey() });
  expect(result).toMatchObject({ status: 'tampered', firstBad: { line: 1, reason: expect.stringMatching(/names key [0-9a-f]{16}, and the key given is/) as string } });
});
