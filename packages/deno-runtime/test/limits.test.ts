import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createDenoRuntime } from '../src/index.ts';
import { privateTemporaryDirectory, runner, sandboxProcesses, testRuntime } from './support.ts';

const temporary = privateTemporaryDirectory();
const runtime = testRuntime({ memoryMb: 256 });
const run = runner(runtime);

function expectNothingLeft(): void {
  expect(sandboxProcesses()).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
}

describe('time', () => {
  test.for([
    ['a busy loop', 'console.log("begun"); while (true) {}'],
    ['a busy regular expression', `console.log("begun"); /^(a+)+$/.test('a'.repeat(60) + 'b');`],
    ['a timer', 'console.log("begun"); setTimeout(() => {}, 60_000);'],
    ['an exit handler that stays', 'console.log("begun"); process.on("exit", () => { while (true) {} });'],
    ['a flood of microtasks', 'console.log("begun"); const f = (): any => Promise.resolve().then(f); f();'],
    ['refusals to end', 'console.log("begun"); addEventListener("beforeunload", (e) => { e.preventDefault(); setTimeout(() => {}, 9) });'],
  ] as [string, string][])('%s ends at the limit, its output kept', { concurrent: true }, async ([, code]) => {
    const result = await run(code, { timeoutMs: 1_200 });
    expect(result).toMatchObject({ success: false, error: { kind: 'timeout', message: 'Execution timed out after 1200 ms' } });
    expect(result.output).toBe('begun\n');
    expect(result.executionTimeMs).toBeGreaterThanOrEqual(1_199);
    expect(result.executionTimeMs).toBeLessThan(6_000);
  });

  test('timers and work that nobody awaits are waited for', async () => {
    const { output } = await run(`setTimeout(() => console.log('late'), 20); void (async () => { await new Promise((r) => setTimeout(r, 40)); console.log('later') })();`);
    expect(output).toBe('late\nlater\n');
    expectNothingLeft();
  });

  test('a sandbox that does not start in time is unavailable', async () => {
    const hurried = createDenoRuntime({ startupTimeoutMs: 1 });
    const result = await hurried.run({ code: 'console.log(1)' });
    expect(result).toMatchObject({ success: false, output: '', executionTimeMs: 0, error: { kind: 'unavailable', message: 'The sandbox did not start within 1 ms' } });
    await hurried.close();
    expectNothingLeft();
  });

  test.for([['/nonexistent/deno'], ['/bin/true'], ['/bin/cat']])('an executable that is no Deno, %s, is unavailable', async ([denoPath]) => {
    const wrong = createDenoRuntime({ denoPath: denoPath! });
    const result = await wrong.run({ code: 'console.log(1)' });
    expect(result).toMatchObject({ success: false, output: '', error: { kind: 'unavailable', message: expect.stringMatching(/^The sandbox did not start/) as string } });
    await wrong.close();
    expectNothingLeft();
  });
});

describe('memory', () => {
  test.for([
    ['heap objects', 'const a: any[] = []; while (true) a.push({ a: new Array(1_000).fill(a.length) });'],
    ['array buffers', 'const a: any[] = []; while (true) a.push(new Uint8Array(10_000_000).fill(1));'],
    ['one vast buffer', 'new Uint8Array(8_000_000_000).fill(1);'],
    ['strings', 'const a: string[] = []; for (let i = 0; ; i += 1) a.push((String(i) + "x").repeat(100_000).split("").reverse().join(""));'],
    ['WebAssembly', 'const a: any[] = []; while (true) { const m = new WebAssembly.Memory({ initial: 1_000 }); new Uint8Array(m.buffer).fill(1); a.push(m) }'],
    ['blobs', 'const a: any[] = []; while (true) a.push(new Blob([new Uint8Array(10_000_000).fill(1)]));'],
  ] as [string, string][])('too many %s end the run', async ([, code]) => {
    const { success, error } = await run(code);
    expect(success).toBe(false);
    expect(error).toMatchObject({ kind: 'memory' });
    expectNothingLeft();
  });

  test('a request may bring a limit of its own', async () => {
    const fill = 'const a = new Uint8Array(300_000_000).fill(1); await new Promise((r) => setTimeout(r, 300)); console.log(a.length);';
    expect((await run(fill)).error?.kind).toBe('memory');
    expect(await run(fill, { memoryMb: 1_024 })).toMatchObject({ success: true, output: '300000000\n' });
  });
});

describe('output', () => {
  test('past 64 MiB a run is stopped, and the host keeps no more than it must', async () => {
    const before = process.memoryUsage.rss();
    const result = await run(`const line = 'x'.repeat(999) + '\\n'; while (true) console.log(line);`);
    expect(result).toMatchObject({ success: false, error: { kind: 'output', message: 'Output limit exceeded: more than 67108864 bytes printed' } });
    expect(result.output.length).toBeLessThan(1_048_576 + 200);
    expect(result.warnings).toMatchObject([{ code: 'output_truncated' }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(120 * 1_048_576);
    expectNothingLeft();
  });

  test('the first bytes are kept, the rest is counted', async () => {
    const result = await run(`Deno.stdout.writeSync(new TextEncoder().encode('ab€'));`, { maxOutputBytes: 4 });
    expect(result.success).toBe(true);
    expect(result.output).toBe('ab\n[output truncated: 1 bytes dropped after the first 4]\n');
    expect(result.warnings).toEqual([{ code: 'output_truncated', message: '1 bytes of output were dropped' }]);
  });

  test('a flood of the raw error stream is stopped too', async () => {
    const { error } = await run(`import fs from 'node:fs';\nconst b = new Uint8Array(65_536).fill(65);\nwhile (true) fs.writeSync(2, b);`);
    expect(error?.kind).toMatch(/^(output|policy)$/);
    expectNothingLeft();
  });

  test('words on the raw error stream explain nothing', async () => {
    const { error } = await run(`import fs from 'node:fs';\ntry { fs.writeSync(2, new TextEncoder().encode('out of memory')) } catch {}\nDeno.exit(9);`);
    expect(error).toMatchObject({ kind: 'exception', message: 'Program exited with code 9' });
  });
});
