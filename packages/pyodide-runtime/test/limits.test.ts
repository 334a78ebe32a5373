import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PyodideRuntime } from '../src/index.ts';
import { createPyodideRuntime } from '../src/index.ts';
import { createTestRuntime, SNAPSHOT_HOOK_MS } from './support.ts';

let runtime: PyodideRuntime;
beforeAll(async () => {
  runtime = createTestRuntime();
  await runtime.prepare();
}, SNAPSHOT_HOOK_MS);
afterAll(() => runtime.close());

describe('a limit', () => {
  it.each([
    ['a loop that swallows every exception', 'print("begun")\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass'],
    ['a loop in C', 'print("begun")\nsum(range(10**18))'],
    ['a wait', 'print("begun")\nimport asyncio\nawait asyncio.sleep(1000)'],
  ])('of time stops %s and keeps what was printed', async (_, code) => {
    const { error, output } = await runtime.run({ code, timeoutMs: 1_000 });
    expect(error).toMatchObject({ kind: 'timeout', message: 'Execution timed out after 1000 ms' });
    expect(output).toBe('begun\n');
  });

  it.each([
    ['one huge object', 'bytearray(1_500_000_000)'],
    ['many objects', 'x = []\nwhile True: x.append(bytearray(5_000_000))'],
    ['buffers of JavaScript', 'import js\nx = []\nwhile True: x.append(js.Uint8Array.new(20_000_000).fill(1))'],
  ])('of memory stops %s', async (_, code) => {
    expect((await runtime.run({ code, memoryMb: 400 })).error).toMatchObject({ kind: 'memory' });
  });

  it('of memory lets a program use what it is given', async () => {
    expect(await runtime.run({ code: 'len(bytearray(b"x") * 500_000_000)' })).toMatchObject({ result: 500_000_000 });
  });

  it('of output cuts with a notice, and stops a flood', async () => {
    const { output, error } = await runtime.run({ code: 'while True: print("y" * 100_000)', maxOutputBytes: 1_000 });
    expect(error).toMatchObject({ kind: 'output' });
    expect(output).toMatch(/^y{1000}\n\[output truncated: \d+ bytes dropped after the first 1000\]\n$/);
  });

  it('of a caller stops the program', async () => {
    const aborter = new AbortController();
    const run = runtime.run({ code: 'while True: pass', signal: aborter.signal });
    aborter.abort();
    expect((await run).error).toMatchObject({ kind: 'cancelled' });
  });
});

describe('an option', () => {
  it.each([
    [{ memoryMb: 128 }, 'memoryMb must be at least 256 for Python, got 128'],
    [{ cacheDir: '/tmp/a,b' }, 'cacheDir must not contain a comma'],
    [{ cacheDir: '' }, 'cacheDir must be a path'],
    [{ denoPath: '/nonexistent/deno' }, 'Deno not found: denoPath /nonexistent/deno cannot be read'],
    [{ pool: 1 } as object, 'Unknown option pool; known: memoryMb, maxOutputBytes, startupTimeoutMs, denoPath, cacheDir'],
  ])('%j that cannot work is refused at once', (options, message) => {
    expect(() => createPyodideRuntime(options)).toThrow(message);
  });

  it('of one run is held to the same bounds', async () => {
    await expect(runtime.run({ code: '1', memoryMb: 100 })).rejects.toMatchObject({ code: 'invalid_option' });
  });
});
