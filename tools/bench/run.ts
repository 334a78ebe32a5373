// `npm run bench [-- SUITE …]`: every suite but `clone` without a name. Exits 1 where an aim is missed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benchBridge } from './src/bridge.ts';
import { benchClone } from './src/clone.ts';
import { machine, row, table, type Figure } from './src/measure.ts';
import { benchPython, benchTypescript } from './src/runtimes.ts';
import { benchStart } from './src/start.ts';

const SUITES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: benchStart,
  typescript: benchTypescript,
  python: benchPython,
  bridge: benchBridge,
};
/** Benches that a package keeps for itself. */
const OF_PACKAGES: Readonly<Record<string, string>> = {
  filter: 'packages/content-filter/bench/filter.bench.ts',
  limiter: 'packages/rate-limiter/bench/pairs.ts',
  audit: 'packages/audit-log/bench/appends.ts',
};
const root = join(import.meta.dirname, '../..');
const known = [...Object.keys(SUITES), ...Object.keys(OF_PACKAGES), 'clone'];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known.filter((name) => name !== 'clone');
const unknown = wanted.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`bench: no suite ${unknown}; there are ${known.join(', ')}\n`);
  process.exit(2);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(`${machine()}\n`);
let missed = 0;
const rows: string[][] = [];
for (const name of wanted.filter((suite) => suite in SUITES)) {
  for (const figure of (await SUITES[name]?.()) ?? []) {
    const { cells, met } = row(figure);
    rows.push(cells);
    if (!met) missed += 1;
  }
}
if (rows.length > 0) {
  print(table(['what', 'ours: median (min–max)', 'beside', 'ours to theirs', 'aim', 'met'], rows));
}
for (const name of wanted.filter((suite) => suite in OF_PACKAGES)) {
  print(`\n${name}`);
  const script = join(root, OF_PACKAGES[name] as string);
  const { status } = spawnSync(process.execPath, ['--conditions=@code-executor/source', script], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) missed += 1;
}
if (wanted.includes('clone')) {
  print(table(['command on a new clone', 'wall time'], (await benchClone()).map(({ command, seconds }) => [command, `${seconds} s`])));
}
process.exitCode = missed > 0 ? 1 : 0;
