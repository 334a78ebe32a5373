/**
 * Speed of the filter: megabytes per CPU-second on ordinary text at three sizes, whole and as a stream, and the
 * growth of the time on hostile text. Exits 1 beyond an aim.
 *
 * node --conditions=@code-executor/source bench/filter.bench.ts
 */
import { readFileSync } from 'node:fs';
import { createContentFilter } from '../src/index.ts';
import { HOSTILE, repeated } from '../test/hostile.ts';

/** Megabytes per CPU-second at 100 KB of ordinary text. */
const MIN_SPEED = 25;
/** CPU milliseconds for 64 KB of hostile text. */
const MAX_HOSTILE_MS = 30;
/** Time for 256 KB against the time for 64 KB; 4 is linear. */
const MAX_GROWTH = 5;

const filter = createContentFilter();
const here = import.meta.dirname;
const prose = ['../README.md', '../CHANGELOG.md', '../src/engine/scanner.ts', '../src/rules/email.ts']
  .map((file) => readFileSync(`${here}/${file}`, 'utf8'))
  .join('\n');

/** CPU milliseconds of one call: the least of several samples, each long enough to be measured. */
function cpuMs(work: () => void): number {
  let best = Infinity;
  for (let sample = 0; sample < 9; sample += 1) {
    const before = process.cpuUsage();
    let calls = 0;
    let used = 0;
    do {
      work();
      calls += 1;
      const { user, system } = process.cpuUsage(before);
      used = (user + system) / 1000;
    } while (used < 15);
    best = Math.min(best, used / calls);
  }
  return best;
}

/** Units that a stream has taken and not shown, averaged over a text fed unit by unit. */
function averageHeld(text: string): number {
  const stream = filter.createStream();
  let shown = 0;
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) {
    shown += stream.write(text.charAt(i)).length;
    sum += i + 1 - shown;
  }
  return sum / text.length;
}

const held = averageHeld(readFileSync(`${here}/../README.md`, 'utf8').replaceAll(/```[^]*?```/g, ''));
const lines: string[] = [`hold-back: at most ${filter.holdBack} UTF-16 units, on the README ${held.toFixed(1)} on average`, ''];
let failed = false;
const row = (name: string, value: string, ok = true): void => {
  lines.push(`${name.padEnd(34)}${value.padStart(26)}${ok ? '' : '   beyond the aim'}`);
  failed ||= !ok;
};

for (const [name, size] of [['1 KB', 1e3], ['100 KB', 1e5], ['1 MB', 1e6]] as const) {
  const text = repeated(prose, size);
  const whole = cpuMs(() => filter.redact(text));
  const streamed = cpuMs(() => {
    const stream = filter.createStream();
    for (let at = 0; at < size; at += 20) stream.write(text.slice(at, at + 20));
    stream.end();
  });
  const speed = size / 1e3 / whole;
  row(`ordinary text, ${name}`, `${speed.toFixed(1)} MB/cpu-s, ${whole.toFixed(3)} ms`, size !== 1e5 || speed >= MIN_SPEED);
  row(`… as a stream of 20 units each`, `${(size / 1e3 / streamed).toFixed(1)} MB/cpu-s`);
}

lines.push('');
for (const [name, unit] of Object.entries(HOSTILE)) {
  const small = cpuMs(() => filter.redact(repeated(unit, 65_536)));
  const large = cpuMs(() => filter.redact(repeated(unit, 262_144)));
  const growth = large / small;
  row(`64 KB of ${name}`, `${small.toFixed(2)} ms, x4 text: x${growth.toFixed(1)}`, small <= MAX_HOSTILE_MS && growth <= MAX_GROWTH);
}

process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = failed ? 1 : 0;
