import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findDeno } from '@code-executor/deno-runtime';
import { createExecutor, type Executor, type Language } from '@code-executor/executor';
import { inTurn, timed, type Figure } from './measure.ts';

const home = (): string => mkdtempSync(join(tmpdir(), 'bench-runtimes-'));

/** `console.log(1)` through the executor against bare `deno run` of the same file. */
export async function benchTypescript(): Promise<Figure[]> {
  const folder = home();
  const file = join(folder, 'one.ts');
  writeFileSync(file, 'console.log(1)\n');
  const executor = await openExecutor(folder);
  await run(executor, 'typescript', 'console.log(1)');
  const samples = await inTurn(
    20,
    () => timed(() => run(executor, 'typescript', 'console.log(1)')),
    () => timed(() => deno(['run', '--quiet', '--no-config', '--no-lock', file])),
  );
  await executor.close();
  rmSync(folder, { recursive: true, force: true });
  return [
    {
      name: 'TypeScript console.log(1) through the executor',
      samples: samples.ours,
      baseline: { name: 'deno run', samples: samples.peer },
      aim: { kind: 'ratio', most: 3 },
    },
  ];
}

/** The first and the second Python execution of a host against a plain `loadPyodide` in Deno. */
export async function benchPython(): Promise<Figure[]> {
  const folder = home();
  const cacheDir = join(folder, 'cache');
  const prepare = await openExecutor(folder, cacheDir);
  // The snapshot is built once per installation, not once per host; its cost is printed beside.
  const build = await timed(() => run(prepare, 'python', 'print(1)'));
  await prepare.close();
  const plain = join(folder, 'plain.mjs');
  const pyodide = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
  writeFileSync(plain, `import { loadPyodide } from ${JSON.stringify(join(pyodide, 'pyodide.mjs'))};\nconst python = await loadPyodide({ indexURL: ${JSON.stringify(pyodide)} });\npython.runPython('print(1)');\nDeno.exit(0);\n`);

  const first: number[] = [];
  const second: number[] = [];
  const { peer } = await inTurn(
    5,
    async () => {
      const executor = await openExecutor(folder, cacheDir);
      first.push(await timed(() => run(executor, 'python', 'print(1)')));
      second.push(await timed(() => run(executor, 'python', 'print(1)')));
      await executor.close();
      return 0;
    },
    () => timed(() => deno(['run', '--quiet', '--no-config', '--no-lock', '--allow-read', plain])),
  );
  rmSync(folder, { recursive: true, force: true });
  const baseline = { name: 'loadPyodide in Deno', samples: peer };
  return [
    { name: 'Python print(1), first execution of a host', samples: first, baseline, aim: { kind: 'ratio', most: 0.3 } },
    { name: 'Python print(1), second execution', samples: second, baseline, aim: { kind: 'ratio', most: 0.3 } },
    { name: 'Python, first execution ever (builds the snapshot)', samples: [build], baseline },
  ];
}

function openExecutor(folder: string, cacheDir = join(folder, 'cache')): Promise<Executor> {
  return createExecutor({ runtime: { cacheDir } }, { env: { PATH: process.env['PATH'], HOME: folder } });
}

async function run(executor: Executor, language: Language, code: string): Promise<void> {
  const { output, error } = await executor.run({ language, code });
  if (output !== '1\n') throw new Error(`${language}: ${error?.message ?? output}`);
}

async function deno(args: string[]): Promise<void> {
  const status = await new Promise<number | null>((resolve) => {
    const child = spawn(findDeno().path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.resume();
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`deno ${args.join(' ')} ended with ${status}`);
}
