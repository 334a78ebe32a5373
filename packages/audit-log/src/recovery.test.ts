import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshPath, recordsOf, sampling, someKey, textOf } from '../test/helpers.ts';
import { openLogFile } from './files.ts';
import { makeKey } from './hashes.ts';
import { LogWriter } from './log-writer.ts';
import { openAuditLog } from './open-audit-log.ts';
import { verifyAuditLog } from './verify-audit-log.ts';

async function write(path: string, count: number, key?: Uint8Array): Promise<readonly string[]> {
  const log = await openAuditLog({ path, ...(key === undefined ? {} : { key }) });
  for (let round = 1; round <= count; round += 1) await log.append(sampling({ round }));
  await log.close();
  return log.notices;
}

describe('a line that was cut off', () => {
  it('is reported as torn, then blanked and noted when the log is opened, and the log goes on', async () => {
    const path = freshPath();
    await write(path, 3);
    appendFileSync(path, '{"timestamp":"2026-01-01T00:00:00.000Z","kind":"sam');
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'torn', entries: 3, firstBad: { line: 4 } });
    expect(await write(path, 1)).toEqual([expect.stringContaining('was cut off')]);
    expect(textOf(path)).not.toContain('"sam\n');
    expect(recordsOf(path).map(({ kind }) => kind)).toEqual(['sampling', 'sampling', 'sampling', 'recovered', 'sampling']);
    expect(recordsOf(path)[3]).toMatchObject({ reason: 'torn_line', bytes: 51 });
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 5, recovered: 1 });
  });

  it('is never cut off the file: what others appended behind it stays', async () => {
    const path = freshPath();
    const other = await openAuditLog({ path });
    await other.append(sampling({ round: 100 }));
    appendFileSync(path, '{"timest');
    await other.append(sampling({ round: 101 }));
    await write(path, 1);
    await other.append(sampling({ round: 102 }));
    await other.close();
    expect(recordsOf(path).map((record) => record['round'])).toEqual([100, undefined, 101, 1, 102]);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 5 });
  });

  it('may be anything, of any length: every line of the log is valid JSON afterwards', async () => {
    const key = someKey();
    const rubbish = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat({ max: 9_000 }).map((length) => new Uint8Array(length + 1)));
    await fc.assert(
      fc.asyncProperty(rubbish, fc.boolean(), async (bytes, first) => {
        const path = freshPath();
        if (!first) await write(path, 2, key);
        else await write(path, 1, key);
        appendFileSync(path, bytes.filter((byte) => byte !== 10));
        await write(path, 1, key);
        expect(recordsOf(path).length).toBeGreaterThan(1);
        expect(await verifyAuditLog({ path, key })).toMatchObject({ status: 'intact' });
      }),
      { seed: 20_267, numRuns: 60 },
    );
  });

  it('at any byte of the last record leaves the others true and never makes a false alarm', async () => {
    const path = freshPath();
    const key = someKey();
    await write(path, 2, key);
    const whole = readFileSync(path);
    const lastStart = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let length = lastStart; length < whole.length; length += 13) {
      writeFileSync(path, whole.subarray(0, length));
      const { status } = await verifyAuditLog({ path, key, remember: false, patienceMs: 0 });
      expect(status).toBe(length === lastStart ? 'intact' : 'torn');
      await write(path, 1, key);
      expect(await verifyAuditLog({ path, key, remember: false, patienceMs: 0 })).toMatchObject({ status: 'intact', entries: length === lastStart ? 2 : 3 });
    }
  });

  it('that lacks its newline alone is kept', async () => {
    const path = freshPath();
    await write(path, 2);
    truncateSync(path, textOf(path).length - 1);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'torn', entries: 1, firstBad: { line: 2 } });
    await write(path, 1);
    expect(recordsOf(path).map(({ kind, reason }) => reason ?? kind)).toEqual(['sampling', 'sampling', 'missing_newline', 'sampling']);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 4, recovered: 1 });
  });

  it('as the only content is no foreign file', async () => {
    const path = freshPath();
    await write(path, 0);
    writeFileSync(path, '{"times');
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'torn', entries: 0, firstBad: { line: 1 } });
    await write(path, 1);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 2 });
  });
});

describe('a file that is no audit log', () => {
  const foreign = [
    'just some notes\n',
    '{"timestamp":"2025-01-20T12:00:00.000Z","executionId":"exec-123","status":"success"}\n{"timestamp":"2025-01-20T12:00:01.000Z"}\n',
    'no newline at all',
    '\u0000\u0001\u0002\n',
  ];

  it.each(foreign)('is moved aside with a note and never called tampered: %j', async (content) => {
    const path = freshPath();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
    await expect(verifyAuditLog({ path })).rejects.toMatchObject({ code: 'foreign_file' });
    const notices = await write(path, 1);
    const moved = readdirSync(dirname(path)).find((name) => name.startsWith(`${basename(path)}.foreign-`)) ?? '';
    expect(notices).toEqual([expect.stringContaining(moved)]);
    expect(readFileSync(`${dirname(path)}/${moved}`, 'utf8')).toBe(content);
    expect(recordsOf(path)[0]).toMatchObject({ kind: 'recovered', reason: 'foreign_file', bytes: Buffer.byteLength(content) });
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 2 });
  });

  it('is moved once, however many open the log at that moment', async () => {
    const path = freshPath();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'notes\n', { mode: 0o600 });
    await Promise.all(Array.from({ length: 12 }, () => write(path, 3)));
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.foreign-'))).toHaveLength(1);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.lock'))).toHaveLength(0);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 37 });
  });
});

it('a writer that cannot know what a failed write left goes on as a new one, without fork or gap', async () => {
  const path = freshPath();
  const key = makeKey(someKey());
  const writer = new LogWriter({ path, key, clock: Date.now, fd: openLogFile(path) });
  writer.append({ kind: 'first' });
  writer.append({ kind: 'second' });
  // What a disk that fills up leaves: half of the record that comes next.
  appendFileSync(path, '{"timestamp":"2026-01-01T00:00:00.000Z","kind":"thi');
  writer.renew();
  writer.append({ kind: 'third' });
  writer.close();
  expect(recordsOf(path).map(({ kind, seq }) => [kind, seq])).toEqual([['first', 0], ['second', 1], ['recovered', 0], ['third', 1]]);
  expect(new Set(recordsOf(path).map((record) => record.writer)).size).toBe(2);
  expect((await verifyAuditLog({ path })).status).toBe('intact');
});

it('a log that is replaced by a foreign file while open refuses entries rather than mixing them in', async () => {
  const path = freshPath();
  const log = await openAuditLog({ path });
  rmSync(path);
  writeFileSync(path, 'notes\n', { mode: 0o600 });
  for (let turn = 0; turn < 3; turn += 1) await expect(log.append(sampling())).rejects.toMatchObject({ code: 'foreign_file' });
  expect(textOf(path)).toBe('notes\n');
  rmSync(path);
  await log.append(sampling());
  await log.close();
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 2 });
});

it('a log that is deleted while open begins anew, and what follows is not lost', async () => {
  const path = freshPath();
  const log = await openAuditLog({ path });
  await log.append(sampling());
  rmSync(path);
  await log.append(sampling({ round: 2 }));
  await log.append(sampling({ round: 3 }));
  await log.close();
  expect(recordsOf(path).map((record) => record['reason'] ?? record['round'])).toEqual(['log_removed', 2, 3]);
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 3 });
});
