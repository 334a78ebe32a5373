/**
 * `console.log(1)` through the runtime against bare `deno run` of the same file: interleaved pairs, the median of
 * their ratios. Exits 1 beyond the aim. Run: `node --conditions=@code-executor/source bench/deno-runtime.bench.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDenoRuntime, findDeno } from '../src/index.ts';

const PAIRS = 31;
const AIM = 3;
const CODE = 'console.log(1)';

const directory = mkdtempSync(join(tmpdir(), 'deno-runtime-bench-'));
const file = join(directory, 'program.ts');
writeFileSync(file, CODE);
const { path } = findDeno();
const runtime = createDenoRuntime();

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function bare(): Promise<void> {
  const child = spawn(path, ['run', '--quiet', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`bare deno exited with ${code}`);
}

async function ours(): Promise<void> {
  const { output } = await runtime.run({ code: CODE });
  if (output !== '1\n') throw new Error(`unexpected output ${output}`);
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

try {
  await bare();
  await ours();
  const pairs: { bare: number; ours: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) pairs.push({ bare: await timed(bare), ours: await timed(ours) });
  const ratio = median(pairs.map((pair) => pair.ours / pair.bare));
  const ms = (key: 'bare' | 'ours'): string => `${median(pairs.map((pair) => pair[key])).toFixed(1)} ms`;
  process.stdout.write(`deno-runtime console.log(1): ${ratio.toFixed(2)}x of bare deno run (${ms('ours')} against ${ms('bare')}, aim ${AIM}x)\n`);
  if (ratio > AIM) process.exitCode = 1;
} finally {
  await runtime.close();
  rmSync(directory, { recursive: true });
}
