// How long a Python program takes from call to result, against a plain loadPyodide in Deno, in one run on one machine.
// Exits 1 beyond the aim: first and second execution each at most 0.3 times a plain load.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findDeno } from '@code-executor/deno-runtime';
import { createPyodideRuntime } from '../src/index.ts';

const AIM = 0.3;
const ROUNDS = Number(process.argv[2] ?? 5);
const LOOP = 'n = 0\nfor i in range(3_000_000): n += i * i % 7\nn';

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const cacheDir = join(directory, 'cache');
const pyodide = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
const plain = join(directory, 'plain.js');
writeFileSync(
  plain,
  `const { loadPyodide } = await import(${JSON.stringify(pathToFileURL(join(pyodide, 'pyodide.mjs')).href)});
const python = await loadPyodide({ indexURL: ${JSON.stringify(pyodide)} });
const began = performance.now();
python.runPython(Deno.args[0]);
console.log(performance.now() - began);`,
);

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const report = (line: string): void => void process.stdout.write(`${line}\n`);

function plainLoad(code: string): { totalMs: number; codeMs: number } {
  const began = performance.now();
  const output = execFileSync(findDeno().path, ['run', '-A', '--no-code-cache', plain, code], {
    encoding: 'utf8',
    env: { DENO_DIR: '/dev/null/deno', NO_COLOR: '1' },
  });
  return { totalMs: performance.now() - began, codeMs: Number(output) };
}

const plainMs: number[] = [];
const firstMs: number[] = [];
const secondMs: number[] = [];
const plainLoopMs: number[] = [];
const loopMs: number[] = [];
try {
  const builder = createPyodideRuntime({ cacheDir });
  const began = performance.now();
  await builder.prepare();
  report(`snapshot made in ${Math.round(performance.now() - began)} ms`);
  await builder.close();
  for (let round = 0; round < ROUNDS; round += 1) {
    plainMs.push(plainLoad('1 + 1').totalMs);
    // A new runtime each time: its first execution verifies the files, as a new host process does.
    const runtime = createPyodideRuntime({ cacheDir });
    for (const times of [firstMs, secondMs]) {
      const start = performance.now();
      await runtime.run({ code: '1 + 1' });
      times.push(performance.now() - start);
    }
    plainLoopMs.push(plainLoad(LOOP).codeMs);
    loopMs.push((await runtime.run({ code: LOOP })).executionTimeMs);
    await runtime.close();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

const base = median(plainMs);
const ratios = [median(firstMs) / base, median(secondMs) / base];
report(`plain loadPyodide in Deno   ${Math.round(base)} ms`);
report(`first execution             ${Math.round(median(firstMs))} ms, ratio ${ratios[0]?.toFixed(2)}`);
report(`second execution            ${Math.round(median(secondMs))} ms, ratio ${ratios[1]?.toFixed(2)}`);
report(`loop of 3,000,000           ${Math.round(median(loopMs))} ms, plain Pyodide ${Math.round(median(plainLoopMs))} ms`);
if (ratios.some((ratio) => ratio > AIM)) {
  report(`beyond the aim of ${AIM}`);
  process.exitCode = 1;
}
