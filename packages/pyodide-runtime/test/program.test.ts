import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PyodideRuntime } from '../src/index.ts';
import { createTestRuntime, SNAPSHOT_HOOK_MS } from './support.ts';

let runtime: PyodideRuntime;
beforeAll(async () => {
  runtime = createTestRuntime();
  await runtime.prepare();
}, SNAPSHOT_HOOK_MS);
afterAll(() => runtime.close());

describe('the value of a program', () => {
  it.each([
    ['nested containers', '{"a": (1, [None, True]), 3: "é\\ud800"}', { a: [1, [null, true]], '3': 'é\ud800' }],
    ['a coroutine that nobody awaited', 'async def main():\n    return [1]\nmain()', [1]],
    ['an awaited call beside asyncio.run', 'import asyncio\nasync def f(): return 1\nasyncio.run(f()) + await f()', 2],
    ['that of a program that is indented as a whole', '\n    x = """\n      a\n    """\n    x', '\n  a\n'],
    ['a string that is the whole program', '"text"', 'text'],
  ])('is %s', async (_, code, expected) => {
    const { result, error } = await runtime.run({ code });
    expect(error).toBeUndefined();
    expect(result).toEqual(expected);
  });

  it('is absent for None, for a statement at the end and for an empty program', async () => {
    for (const code of ['print(1)', '']) {
      const outcome = await runtime.run({ code });
      expect(outcome).toMatchObject({ success: true });
      expect(outcome).not.toHaveProperty('result');
    }
  });

  it('is its text form with a warning where it is no JSON value', async () => {
    const { result, warnings } = await runtime.run({ code: 'x = [float("nan"), {1}]\nx.append(x)\nx' });
    expect(result).toBe('[nan, {1}, [...]]');
    expect(warnings).toMatchObject([{ code: 'result_not_json' }]);
  });

  it('gives whole numbers that JSON readers would round as strings, with a warning', async () => {
    const { result, warnings } = await runtime.run({ code: '{"a": [2**53 - 1, 2**53, -(10**30)], "b": True}' });
    expect(result).toEqual({ a: [9007199254740991, '9007199254740992', `-1${'0'.repeat(30)}`], b: true });
    expect(warnings).toMatchObject([{ code: 'result_not_json', message: expect.stringContaining('2**53') as string }]);
  });

  it('is refused when it nests too deeply, without harm to anyone', async () => {
    const { error } = await runtime.run({ code: 'x = []\nfor _ in range(100_000): x = [x]\nx' });
    expect(error).toMatchObject({ kind: 'output', message: 'Result nested too deeply: more than 64 levels' });
  });
});

describe('the output', () => {
  it('keeps the order of print, stderr, raw writes and unfinished lines', async () => {
    const code = [
      'import os, sys, js',
      'print("a", end=""); sys.stderr.write("b"); print("c")',
      'os.write(1, b"d"); sys.stdout.buffer.write(b"e\\n"); os.write(2, b"f\\n")',
      'js.console.log("g"); print("é😀", file=sys.stderr)',
    ].join('\n');
    expect((await runtime.run({ code })).output).toBe('abc\nde\nf\ng\né😀\n');
  });

  it('is complete up to the moment of an error', async () => {
    const { output } = await runtime.run({ code: 'print("x" * 200_000, end="")\n1 / 0' });
    expect(output).toBe('x'.repeat(200_000));
  });
});

describe('the time of a program', () => {
  it('includes time.sleep and asyncio.run', async () => {
    const code = [
      'import asyncio, time',
      'async def main():',
      '    await asyncio.sleep(0.01)',
      '    return __name__',
      'began = time.monotonic()',
      'time.sleep(0.05)',
      '[asyncio.run(main()), time.monotonic() - began >= 0.05]',
    ].join('\n');
    expect((await runtime.run({ code })).result).toEqual(['__main__', true]);
  });

  it('ends with the last statement: tasks that nobody awaited are cancelled and see it', async () => {
    const code = [
      'import asyncio',
      'async def background():',
      '    try: await asyncio.sleep(1000)',
      '    finally: print("cancelled")',
      'asyncio.create_task(background())',
      'await asyncio.sleep(0)',
      '"done"',
    ].join('\n');
    expect(await runtime.run({ code })).toMatchObject({ output: 'cancelled\n', result: 'done' });
  });

  it('ends at once where nothing can settle what it awaits', async () => {
    const { error } = await runtime.run({ code: 'import asyncio\nawait asyncio.get_event_loop().create_future()' });
    expect(error?.message).toBe('The program awaits a promise that nothing will settle');
  });
});
