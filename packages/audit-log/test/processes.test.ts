import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openAuditLog } from '../src/open-audit-log.ts';
import { verifyAuditLog } from '../src/verify-audit-log.ts';
import { freshPath, recordsOf, sampling } from './helpers.ts';

const child = join(import.meta.dirname, 'append-child.ts');
const run = promisify(execFile);

/** A repeatable stream of numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function ids(path: string): string[] {
  return recordsOf(path).flatMap(({ kind, executionId }) => (kind === 'recovered' ? [] : [String(executionId)]));
}

it('eight processes with 300 entries each make one log without a false alarm', async () => {
  const path = freshPath();
  await Promise.all(Array.from({ length: 8 }, (_, index) => run(process.execPath, [child, path, `p${index}`, '300', 'os', String(index * 12)])));
  const { status, entries, recovered } = await verifyAuditLog({ path });
  expect(status).toBe('intact');
  expect(entries - recovered).toBe(2_400);
  for (let index = 0; index < 8; index += 1) {
    const own = ids(path).filter((id) => id.startsWith(`p${index}-`));
    expect(own).toEqual(Array.from({ length: 300 }, (_, number) => `p${index}-${number}`));
  }
});

/** Starts a writer, kills it with SIGKILL after so many acknowledgements, and returns what was acknowledged. */
function killedWriter(path: string, name: string, durability: string, after: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const writer = spawn(process.execPath, [child, path, name, '1000000', durability, '60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    writer.stdout.setEncoding('latin1').on('data', (text: string) => {
      output += text;
      if (output.split('\n').length > after) writer.kill('SIGKILL');
    });
    writer.once('error', reject);
    // The last number counts only if its newline arrived.
    writer.once('close', () => resolve(output.split('\n').slice(0, -1).map((number) => `${name}-${number}`)));
  });
}

it.each(['os', 'disk'])('no acknowledged entry is lost when writers are killed in mid-write, durability %s', async (durability) => {
  const path = freshPath();
  const random = numbers(20_270);
  let acknowledged = 0;
  for (let round = 0; round < 2; round += 1) {
    const writers = Array.from({ length: 4 }, (_, index) => killedWriter(path, `r${round}w${index}`, durability, 1 + Math.floor(random() * 300)));
    const claimed = (await Promise.all(writers)).flat();
    const log = await openAuditLog({ path });
    await log.append(sampling());
    await log.close();
    const there = new Set(ids(path));
    expect(claimed.filter((id) => !there.has(id))).toEqual([]);
    acknowledged += claimed.length;
    expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact' });
  }
  expect(acknowledged).toBeGreaterThan(200);
});

it('when the file cannot grow, every unlogged entry is refused, and the log verifies once it can', async () => {
  const path = freshPath();
  await openAuditLog({ path }).then((log) => log.close());
  // The shell's limit on file size, 20 KiB, makes the kernel take half a line and then refuse, as a full disk does.
  const script = `ulimit -f 20; exec "${process.execPath}" "${child}" "${path}" full 100`;
  const { stdout, stderr } = await run('bash', ['-c', script]);
  const claimed = stdout.trim().split('\n');
  const refused = stderr.trim().split('\n');
  expect(claimed.length + refused.length).toBe(100);
  expect(claimed.length).toBeGreaterThan(10);
  expect(new Set(refused)).toEqual(new Set(['write_failed']));
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'torn', entries: claimed.length });
  const log = await openAuditLog({ path });
  await log.append(sampling());
  await log.close();
  expect(ids(path)).toEqual([...claimed.map((number) => `full-${number}`), 'exec-123']);
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', recovered: 1 });
});
