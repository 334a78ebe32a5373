import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AuditLog } from '../src/open-audit-log.ts';
import { openAuditLog } from '../src/open-audit-log.ts';
import { verifyAuditLog } from '../src/verify-audit-log.ts';
import { execution, freshPath, sampling, tool } from './helpers.ts';

/** The long run takes every count 20 times. */
const LONG = process.env['CODE_EXECUTOR_LONG_TESTS'] ? 20 : 1;

/** A log of 36 lines by three writers that take turns in no particular order. */
async function honestLog(): Promise<string> {
  const path = freshPath();
  const logs: AuditLog[] = [await openAuditLog({ path }), await openAuditLog({ path }), await openAuditLog({ path })];
  for (let turn = 0; turn < 36; turn += 1) {
    const entry = [sampling({ round: turn }), tool(), execution({ tokensUsed: turn })][turn % 3];
    await logs[[0, 0, 1, 2, 1, 0, 2][turn % 7] ?? 0]?.append(entry ?? tool());
  }
  await Promise.all(logs.map((log) => log.close()));
  return path;
}

interface Mutation {
  name: string;
  apply(lines: Buffer[]): Buffer;
}

const newline = Buffer.from('\n');
const join = (lines: Buffer[]): Buffer => Buffer.concat(lines.flatMap((line) => [line, newline]));
const at = fc.nat({ max: 35 });

const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([where, bits]): Mutation => ({
  name: `flip ${bits} at ${where}`,
  apply(lines) {
    const bytes = join(lines);
    const index = where % bytes.length;
    bytes[index] = (bytes[index] ?? 0) ^ bits;
    return bytes;
  },
}));
const remove = fc.tuple(fc.nat({ max: 34 }), fc.integer({ min: 1, max: 3 })).map(([line, count]): Mutation => ({
  name: `remove ${count} from ${line}`,
  apply: (lines) => join([...lines.slice(0, line), ...lines.slice(Math.min(line + count, 35))]),
}));
const repeat = fc.tuple(at, at).map(([line, to]): Mutation => ({
  name: `copy ${line} behind ${to}`,
  apply: (lines) => join([...lines.slice(0, to + 1), lines[line] ?? newline, ...lines.slice(to + 1)]),
}));
const swap = fc.tuple(at, at).filter(([a, b]) => a !== b).map(([a, b]): Mutation => ({
  name: `swap ${a} and ${b}`,
  apply: (lines) => join(lines.map((line, index) => (index === a ? lines[b] : index === b ? lines[a] : line) ?? line)),
}));
const insert = fc.tuple(fc.nat(), fc.constantFrom(' ', '\n', '0', '{}\n', '{"timestamp":"')).map(([where, text]): Mutation => ({
  name: `insert ${JSON.stringify(text)} at ${where}`,
  apply(lines) {
    const bytes = join(lines);
    const index = where % bytes.length;
    return Buffer.concat([bytes.subarray(0, index), Buffer.from(text), bytes.subarray(index)]);
  },
}));
const cut = fc.nat().map((where): Mutation => ({
  name: `cut at ${where}`,
  apply: (lines) => join(lines).subarray(0, where % join(lines).length),
}));

/** The first line, from 1, in which two files differ, newline included. */
function firstDifference(a: Buffer, b: Buffer): number {
  const [left = [], right = []] = [a, b].map((bytes) => bytes.toString('latin1').split(/(?<=\n)/));
  return left.findIndex((line, index) => line !== right[index]) + 1 || left.length + 1;
}

async function check(path: string, mutation: Mutation): Promise<string | undefined> {
  const whole = readFileSync(path);
  const lines = whole.toString('latin1').split('\n').slice(0, -1).map((line) => Buffer.from(line, 'latin1'));
  const changed = mutation.apply(lines);
  if (changed.equals(whole)) return undefined;
  const copy = `${path}.copy`;
  writeFileSync(copy, changed);
  const result = await verifyAuditLog({ path: copy, key: { file: `${path}.key` }, remember: false, patienceMs: 0 });
  const expected = firstDifference(whole, changed);
  const found = result.status !== 'intact' && result.firstBad?.line === expected;
  return found ? undefined : `${mutation.name}: line ${expected} was changed, found ${JSON.stringify(result)}`;
}

it('2,400 random changes of a log that was seen before are all found, and the line of each is named', async () => {
  const path = await honestLog();
  await verifyAuditLog({ path });
  copyFileSync(`${path}.seen`, `${path}.copy.seen`);
  const property = fc.asyncProperty(fc.oneof(flip, flip, remove, repeat, swap, insert, cut), async (mutation) => {
    expect(await check(path, mutation)).toBeUndefined();
  });
  await fc.assert(property, { seed: 20_268, numRuns: 2_400 * LONG });
});

it('a log that nobody has seen yet hides only a missing end', async () => {
  const path = await honestLog();
  const property = fc.asyncProperty(fc.oneof(flip, flip, remove, repeat, swap, insert), async (mutation) => {
    expect(await check(path, mutation)).toBeUndefined();
  });
  await fc.assert(property, { seed: 20_269, numRuns: 1_200 * LONG });
});
