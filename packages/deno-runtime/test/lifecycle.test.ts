import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createDenoRuntime } from '../src/index.ts';
import { privateTemporaryDirectory, runner, sandboxProcesses, testRuntime } from './support.ts';

const temporary = privateTemporaryDirectory();
const runtime = testRuntime();
const run = runner(runtime);
const cancelled = { success: false, error: { kind: 'cancelled', message: 'Execution cancelled' } };

const left = (): unknown[] => [...sandboxProcesses(), ...readdirSync(temporary)];

/** A server that says when the program calls it: the event to wait for instead of a time. */
async function bell(): Promise<{ url: string; rung: Promise<void>; close(): void }> {
  const ring = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    ring.resolve();
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, rung: ring.promise, close: () => server.close() };
}

describe('cancelling', () => {
  test('before the start starts nothing', async () => {
    expect(await run('console.log(1)', { signal: AbortSignal.abort() })).toMatchObject({ ...cancelled, startupMs: 0, output: '' });
    expect(left()).toEqual([]);
  });

  test('during the start ends it', async () => {
    const aborter = new AbortController();
    const running = run('console.log(1)', { signal: aborter.signal });
    aborter.abort();
    expect(await running).toMatchObject({ ...cancelled, executionTimeMs: 0, output: '' });
    expect(left()).toEqual([]);
  });

  test('in the middle keeps the output', async () => {
    const aborter = new AbortController();
    const { url, rung, close } = await bell();
    const running = run(`console.log('so far'); await fetch('${url}'); while (true) {}`, { signal: aborter.signal, bridge: { url, token: 'none' } });
    await rung;
    expect(sandboxProcesses()).toHaveLength(1);
    aborter.abort(new Error('a reason of its own'));
    expect(await running).toMatchObject({ ...cancelled, output: 'so far\n' });
    close();
    expect(left()).toEqual([]);
  });

  test('after the end changes nothing', async () => {
    const aborter = new AbortController();
    const result = await run('console.log(1)', { signal: aborter.signal });
    aborter.abort();
    expect(result).toMatchObject({ success: true, output: '1\n' });
    expect(left()).toEqual([]);
  });

  test('at any moment leaves no process', async () => {
    const results = await Promise.all(
      [0, 5, 10, 20, 30, 40, 50, 60].map((ms) => run('while (true) {}', { signal: AbortSignal.timeout(ms) })),
    );
    for (const result of results) {
      expect(result).toMatchObject(cancelled);
      expect(result.executionTimeMs).toBeGreaterThanOrEqual(0);
    }
    expect(left()).toEqual([]);
  });
});

describe('closing', () => {
  test('kills what runs, waits for it and refuses what comes', async () => {
    const closing = createDenoRuntime();
    const { url, rung, close } = await bell();
    const running = [
      closing.run({ code: `await fetch('${url}'); while (true) {}`, bridge: { url, token: 'none' } }),
      closing.run({ code: 'while (true) {}' }),
    ];
    await rung;
    await closing.close();
    expect(sandboxProcesses()).toEqual([]);
    for (const result of await Promise.all(running)) expect(result).toMatchObject(cancelled);
    await expect(closing.run({ code: '1' })).rejects.toMatchObject({ name: 'RuntimeError', code: 'runtime_closed' });
    await closing.close();
    close();
    expect(left()).toEqual([]);
  });
});

describe('side by side', () => {
  test('eight programs do not mix', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => run(`for (let i = 0; i < 200; i += 1) { console.log('program ${index} line ' + i); if (i % 50 === 0) await new Promise((r) => setTimeout(r, 1)) }\nexport default ${index};`)),
    );
    results.forEach(({ output, result }, index) => {
      expect(result).toBe(index);
      expect(output.trim().split('\n')).toEqual(Array.from({ length: 200 }, (_, line) => `program ${index} line ${line}`));
    });
    expect(left()).toEqual([]);
  });

  test('one that fails does not touch another', async () => {
    const [bad, good] = await Promise.all([run('while (true) {}', { timeoutMs: 300 }), run('console.log("good")')]);
    expect(bad?.error?.kind).toBe('timeout');
    expect(good).toMatchObject({ success: true, output: 'good\n' });
    expect(left()).toEqual([]);
  });
});
