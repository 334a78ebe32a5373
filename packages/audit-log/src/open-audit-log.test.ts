import { createHash, createHmac } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execution, freshPath, recordsOf, sampling, someKey, textOf, tool } from '../test/helpers.ts';
import { hashText } from './key.ts';
import { openAuditLog } from './open-audit-log.ts';
import { verifyAuditLog } from './verify-audit-log.ts';

describe('a line', () => {
  it('has the fields of its kind and hashes in the place of texts', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path, clock: () => Date.UTC(2026, 0, 20, 12) });
    await log.append(sampling());
    await log.append(tool({ status: 'error', errorCode: 'tool_timeout' }));
    await log.append(execution({ tokensUsed: 75, rounds: 1, durationMs: 90.6 }));
    await log.close();
    const hash = (text: string): string => hashText(text, { file: `${path}.key` });
    const [first, second, third] = recordsOf(path);
    expect(first).toMatchObject({
      timestamp: '2026-01-20T12:00:00.000Z',
      kind: 'sampling',
      executionId: 'exec-123',
      round: 1,
      model: 'claude-sonnet-5-5',
      promptHash: hash('What is 2+2?'),
      responseHash: hash('Four.'),
      tokensUsed: 75,
      durationMs: 600,
      status: 'success',
      contentViolations: [{ type: 'secret', pattern: 'openai_key', count: 1, direction: 'prompt' }],
      seq: 0,
    });
    expect(second).toMatchObject({ kind: 'tool', tool: 'mcp__filesystem__read_file', argumentsHash: hash('{"path":"a.txt"}'), errorCode: 'tool_timeout', seq: 1 });
    expect(third).toMatchObject({ kind: 'execution', language: 'typescript', codeHash: hash('console.log(1)'), tokensTotal: 75, rounds: 1, durationMs: 91 });
    for (const field of ['prompt', 'response', 'code', 'arguments']) expect([first, second, third].some((record) => record && field in record)).toBe(false);
  });

  it('is compact JSON that the documented grep and jq lines count', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path });
    await log.append(sampling());
    await log.append(sampling({ status: 'error', errorCode: 'timeout', tokensUsed: 5 }));
    await log.append(execution({ tokensUsed: 80 }));
    await log.close();
    const lines = textOf(path).split('\n');
    expect(lines.filter((line) => line.includes('"kind":"sampling"'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('"status":"error"'))).toHaveLength(1);
    const sum = recordsOf(path).reduce((total, record) => total + Number(record['tokensUsed'] ?? 0), 0);
    expect(sum).toBe(80);
  });

  it('hashes texts so that the holder of the key can do it again with any tool', async () => {
    const path = freshPath();
    const key = someKey();
    const log = await openAuditLog({ path, key });
    await log.append(sampling({ prompt: 'café' }));
    await log.close();
    const [, id, hex] = String(recordsOf(path)[0]?.['promptHash']).split(':');
    expect(hex).toBe(createHmac('sha256', key).update('café', 'utf8').digest('hex'));
    expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('carries plain SHA-256 on request, and is authenticated all the same', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path, hash: 'sha256' });
    await log.append(sampling());
    await log.close();
    const plain = `sha256:${createHash('sha256').update('What is 2+2?').digest('hex')}`;
    expect(recordsOf(path)[0]?.['promptHash']).toBe(plain);
    expect(hashText('What is 2+2?')).toBe(plain);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', authenticated: true });
  });
});

describe('append', () => {
  it('keeps the order of its calls and has written when it resolves', async () => {
    for (const durability of ['os', 'disk'] as const) {
      const path = freshPath();
      const log = await openAuditLog({ path, durability });
      await Promise.all(
        Array.from({ length: 200 }, async (_, round) => {
          await log.append(sampling({ round }));
          expect(textOf(path)).toContain(`"round":${round},`);
        }),
      );
      await log.close();
      expect(recordsOf(path).map((record) => record['round'])).toEqual(Array.from({ length: 200 }, (_, round) => round));
      expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 200 });
    }
  });

  it('refuses after close, and close may be called again', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path, durability: 'disk' });
    const last = log.append(sampling());
    await Promise.all([log.close(), log.close()]);
    await last;
    await expect(log.append(sampling())).rejects.toMatchObject({ name: 'AuditLogError', code: 'closed' });
    expect(recordsOf(path)).toHaveLength(1);
  });

  it('writes nothing for an entry that it refuses, and goes on', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path });
    await expect(log.append({ ...sampling(), note: 'free text' } as never)).rejects.toMatchObject({ code: 'invalid_entry' });
    await log.append(sampling());
    await log.close();
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 1 });
  });

  it('stores no name but the known ones, where these are given', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path, knownNames: ['local/model'] });
    await log.append(sampling({ model: 'local/model' }));
    await log.append(sampling({ model: 'somebody-wrote-this' }));
    await log.close();
    const [known, other] = recordsOf(path);
    expect(known?.['model']).toBe('local/model');
    expect(other?.['model']).toBe(hashText('somebody-wrote-this', { file: `${path}.key` }));
  });
});

describe('the files', () => {
  it('are for their owner alone, and so is a folder that was made for them', async () => {
    const path = freshPath();
    const log = await openAuditLog({ path });
    await log.append(sampling());
    await log.close();
    await verifyAuditLog({ path });
    expect(readdirSync(dirname(path)).sort()).toEqual(['audit-log.jsonl', 'audit-log.jsonl.key', 'audit-log.jsonl.seen']);
    for (const file of ['', '.key', '.seen']) expect(statSync(path + file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readFileSync(`${path}.key`, 'latin1')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('are refused where they are links, folders or open to changes by others', async () => {
    const path = freshPath();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.real`, '');
    symlinkSync(`${path}.real`, path);
    await expect(openAuditLog({ path })).rejects.toMatchObject({ code: 'insecure_file', message: expect.stringContaining('symbolic link') as string });
    await expect(openAuditLog({ path: dirname(path) })).rejects.toMatchObject({ code: 'write_failed' });
    writeFileSync(`${path}.open`, '', { mode: 0o600 });
    chmodSync(`${path}.open`, 0o622);
    await expect(openAuditLog({ path: `${path}.open` })).rejects.toMatchObject({ code: 'insecure_file', message: expect.stringContaining('chmod 600') as string });
  });
});

it('refuses options that are not what they must be', async () => {
  const path = freshPath();
  for (const options of [{ path: '' }, { path, durability: 'tape' }, { path, hash: 'md5' }, { path, clock: 5 }]) {
    await expect(openAuditLog(options as never)).rejects.toMatchObject({ code: 'invalid_options' });
  }
});
