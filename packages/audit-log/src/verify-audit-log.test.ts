import { appendFileSync, chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshPath, sampling, textOf } from '../test/helpers.ts';
import { openAuditLog } from './open-audit-log.ts';
import { readAuditLog } from './read-audit-log.ts';
import { verifyAuditLog } from './verify-audit-log.ts';

async function write(path: string, count: number): Promise<void> {
  const log = await openAuditLog({ path });
  for (let round = 1; round <= count; round += 1) await log.append(sampling({ round }));
  await log.close();
}

/** Cuts the log to its first lines. */
function keepLines(path: string, count: number): void {
  writeFileSync(path, `${textOf(path).split('\n').slice(0, count).join('\n')}\n`);
}

describe('what needs no alarm', () => {
  it('a log that does not exist, or has nothing in it yet, is intact', async () => {
    const path = freshPath();
    expect(await verifyAuditLog({ path })).toEqual({ status: 'intact', entries: 0, authenticated: false, recovered: 0, remembered: false });
    await write(path, 0);
    expect(await verifyAuditLog({ path })).toEqual({ status: 'intact', entries: 0, authenticated: true, recovered: 0, remembered: false });
    expect(existsSync(`${path}.seen`)).toBe(false);
  });

  it('a log is intact while many write to it and others verify', async () => {
    const path = freshPath();
    const writers = Promise.all(Array.from({ length: 6 }, () => write(path, 150)));
    const results = [];
    for (let turn = 0; turn < 20; turn += 1) results.push(...(await Promise.all([verifyAuditLog({ path }), verifyAuditLog({ path })])));
    await writers;
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'intact'));
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 900 });
  });
});

it('a record behind the remains of a killed write, which nobody noted, is torn and not tampered', async () => {
  const path = freshPath();
  await write(path, 2);
  const [first = '', second = ''] = textOf(path).split('\n');
  writeFileSync(path, `${first}\n${first.slice(0, 80)}${second}\n`);
  expect(await verifyAuditLog({ path, remember: false })).toMatchObject({ status: 'torn', entries: 2, firstBad: { line: 2, reason: 'there is something before the record' } });
  writeFileSync(path, `${first}\nsomething else${second}\n`);
  expect(await verifyAuditLog({ path, remember: false })).toMatchObject({ status: 'tampered', firstBad: { line: 2 } });
});

describe('what was seen before', () => {
  it('finds a log that was cut short, and names the first line that is gone', async () => {
    const path = freshPath();
    await write(path, 8);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', remembered: true });
    keepLines(path, 5);
    const result = await verifyAuditLog({ path });
    expect(result).toMatchObject({ status: 'tampered', entries: 5, firstBad: { line: 6, reason: 'the log was cut short: 8 records were verified before, 5 are there' } });
    expect((await verifyAuditLog({ path })).status).toBe('tampered');
  });

  it('finds a log that was cut short and continued by an honest writer', async () => {
    const path = freshPath();
    await write(path, 8);
    await verifyAuditLog({ path });
    keepLines(path, 5);
    await write(path, 20);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'tampered', firstBad: { line: 6, reason: 'this line is not what was verified before' } });
  });

  it('finds a log that was deleted, emptied or set back to an older copy', async () => {
    const path = freshPath();
    await write(path, 3);
    copyFileSync(path, `${path}.old`);
    await write(path, 3);
    await verifyAuditLog({ path });
    copyFileSync(`${path}.old`, path);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'tampered', firstBad: { line: 4 } });
    truncateSync(path, 0);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'tampered', firstBad: { line: 1 } });
    rmSync(path);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'tampered', firstBad: { line: 1 } });
  });

  it('names a range of lines where the log is too long for a mark behind each', async () => {
    const path = freshPath();
    await write(path, 600);
    const other = await openAuditLog({ path });
    await other.append(sampling());
    await other.close();
    await write(path, 400);
    await verifyAuditLog({ path });
    await write(path, 200);
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 1_201 });
    const marks = (JSON.parse(readFileSync(`${path}.seen`, 'utf8')) as { marks: string[] }).marks.length;
    expect(marks).toBeGreaterThan(100);
    expect(marks).toBeLessThanOrEqual(257);
    keepLines(path, 1_000);
    await write(path, 300);
    const { firstBad } = await verifyAuditLog({ path });
    expect(firstBad?.line).toBeGreaterThan(990);
    expect(firstBad?.line).toBeLessThanOrEqual(1_001);
  });

  it('is itself authenticated', async () => {
    const path = freshPath();
    await write(path, 4);
    await verifyAuditLog({ path });
    const seen = readFileSync(`${path}.seen`, 'utf8');
    for (const change of [seen.replace('"entries":4', '"entries":2'), '{}', 'null', '']) {
      writeFileSync(`${path}.seen`, change);
      expect(await verifyAuditLog({ path })).toMatchObject({ status: 'tampered', firstBad: { line: 0 } });
    }
  });

  it('is not kept on request', async () => {
    const path = freshPath();
    await write(path, 4);
    expect(await verifyAuditLog({ path, remember: false })).toMatchObject({ status: 'intact', remembered: false });
    expect(existsSync(`${path}.seen`)).toBe(false);
  });
});

describe('what cannot be read', () => {
  it('is an error with a code, not a verdict', async () => {
    const path = freshPath();
    mkdirSync(path, { recursive: true });
    await expect(verifyAuditLog({ path })).rejects.toMatchObject({ code: 'read_failed' });
    await expect(verifyAuditLog({ path: `${dirname(path)}/x`.repeat(400) })).rejects.toMatchObject({ code: 'read_failed' });
  });
});

describe('readAuditLog', () => {
  it('yields every line with its number, and marks those that hold no record', async () => {
    const path = freshPath();
    await write(path, 2);
    chmodSync(path, 0o600);
    appendFileSync(path, 'rubbish\n{"torn');
    const found = [];
    for await (const { line, record } of readAuditLog({ path })) found.push([line, record?.['round']]);
    expect(found).toEqual([[1, 1], [2, 2], [3, undefined], [4, undefined]]);
  });

  it('yields nothing for a log that does not exist', async () => {
    for await (const line of readAuditLog({ path: freshPath() })) throw new Error(JSON.stringify(line));
    await expect(readAuditLog({ path: '/' }).next()).rejects.toMatchObject({ code: 'read_failed' });
  });
});
