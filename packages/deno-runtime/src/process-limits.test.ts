import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { residentMb, watchMemory } from './memory-watch.ts';
import { withProcessLimits } from './process-limits.ts';

test('the kernel is told every limit, and the command keeps its arguments as they are', () => {
  const odd = ['a b', '$(id)', `'"`, '', ';', '-n'];
  const [command, ...args] = withProcessLimits(['/bin/sh', '-c', 'ulimit -a; printf "<%s>" "$@"', 'sh', ...odd], { dataMb: 512, cpuSeconds: 77 });
  const printed = execFileSync(command!, args, { encoding: 'utf8' });
  expect(printed.endsWith(odd.map((text) => `<${text}>`).join(''))).toBe(true);
  expect(printed).toMatch(/^(time|cpu time)[^\n]* 77$/m);
  expect(printed).toMatch(/^data[^\n]* 524288$/m);
  expect(printed).toMatch(/^core[^\n]* 0$/m);
  expect(printed).toMatch(/^file(?!s)[^\n]* 0$/m);
  expect(printed).toMatch(/^(nofiles|open files)[^\n]* 256$/m);
});

test('resident memory is told in MB, and not for a process that is not there', () => {
  const measured = residentMb(process.pid)!;
  const told = process.memoryUsage.rss() / 1_048_576;
  expect(measured / told).toBeGreaterThan(0.5);
  expect(measured / told).toBeLessThan(2);
  expect(residentMb(2 ** 30)).toBeUndefined();
});

test('a process over its limit is reported once, one that is under it never', async () => {
  let under = 0;
  const stop = watchMemory(process.pid, 1_000_000, () => (under += 1), 1);
  await new Promise<void>((resolve) => watchMemory(process.pid, 1, resolve, 1));
  stop();
  expect(under).toBe(0);
});
