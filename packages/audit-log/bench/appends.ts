/**
 * Appends and verification per CPU-second, beside JSON.stringify alone and a bare writeSync of the same line in the
 * same run; for `disk`, wall time of 100 callers beside an fdatasync after each write. Run: `node bench/appends.ts`.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, verifyAuditLog } from '../src/index.ts';
import type { SamplingEntry } from '../src/index.ts';

const COUNT = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'audit-bench-'));
const entry: SamplingEntry = {
  kind: 'sampling',
  executionId: '6f1c2a9e-5f61-4b0e-9d1c-2f2d5a1b7c3d',
  round: 3,
  model: 'claude-sonnet-5-5',
  prompt: 'Summarise the following file in one sentence. '.repeat(20),
  response: 'It is a list of names. '.repeat(10),
  tokensUsed: 420,
  durationMs: 1_240,
  status: 'success',
  contentViolations: [],
};

interface Rate {
  cpu: number;
  wall: number;
}

async function rate(count: number, work: (count: number) => Promise<unknown>): Promise<Rate> {
  const start = process.cpuUsage();
  const began = performance.now();
  await work(count);
  const { user, system } = process.cpuUsage(start);
  return { cpu: count / ((user + system) / 1e6), wall: count / ((performance.now() - began) / 1e3) };
}

async function appendInTurn(path: string, durability: 'os' | 'disk', count: number, callers: number): Promise<void> {
  const log = await openAuditLog({ path, durability });
  let left = count;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await log.append(entry);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  await log.close();
}

try {
  const path = join(folder, 'os.jsonl');
  await appendInTurn(join(folder, 'warm.jsonl'), 'os', COUNT / 4, 1);
  const os = await rate(COUNT, (count) => appendInTurn(path, 'os', count, 1));
  const line = readFileSync(path, 'latin1').split('\n')[1] ?? '';
  const record: unknown = JSON.parse(line);
  const bareFd = openSync(join(folder, 'bare'), 'a');
  const bare = await rate(COUNT, async (count) => {
    for (let i = 0; i < count; i += 1) writeSync(bareFd, `${line}\n`);
  });
  let length = 0;
  const stringify = await rate(COUNT, async (count) => {
    for (let i = 0; i < count; i += 1) length += JSON.stringify(record).length;
  });
  const verify = await rate(COUNT, () => verifyAuditLog({ path }));
  const disk = await rate(COUNT / 4, (count) => appendInTurn(join(folder, 'disk.jsonl'), 'disk', count, 100));
  const each = await rate(COUNT / 40, async (count) => {
    for (let i = 0; i < count; i += 1) {
      writeSync(bareFd, `${line}\n`);
      fdatasyncSync(bareFd);
    }
  });
  closeSync(bareFd);
  const row = (name: string, { cpu, wall }: Rate): string =>
    `${name.padEnd(36)}${(cpu / 1e3).toFixed(1).padStart(8)}k /cpu-s${(wall / 1e3).toFixed(1).padStart(8)}k /s${(cpu / bare.cpu).toFixed(2).padStart(7)} x bare write`;
  process.stdout.write(
    [
      `lines of ${length / COUNT} bytes`,
      row('JSON.stringify alone', stringify),
      row('bare writeSync', bare),
      row('append, os', os),
      row('append, disk, 100 callers', disk),
      row('bare writeSync + fdatasync each', each),
      row('verify', verify),
      `disk against fdatasync each: ${(disk.wall / each.wall).toFixed(1)} x wall`,
      '',
    ].join('\n'),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
