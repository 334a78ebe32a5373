import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PyodideRuntime } from '../src/index.ts';
import { createTestRuntime, SNAPSHOT_HOOK_MS } from './support.ts';

let runtime: PyodideRuntime;
beforeAll(async () => {
  runtime = createTestRuntime();
  await runtime.prepare();
}, SNAPSHOT_HOOK_MS);
afterAll(() => runtime.close());

/** Has Python describe the exceptions of many programs in one process, as the harness describes an uncaught one. */
async function messagesOf(programs: string[]): Promise<unknown> {
  const code = [
    'from sandbox_report import failure_frame',
    'messages = []',
    `for program in ${JSON.stringify(programs)}:`,
    '    try: exec(program, {})',
    '    except BaseException as error: messages.append(failure_frame(error)["error"]["message"])',
    'messages',
  ].join('\n');
  return (await runtime.run({ code })).result;
}

describe('an uncaught exception', () => {
  it('is named as Python names it, whatever it is', async () => {
    const expected = {
      'raise ValueError("boom")': 'ValueError: boom',
      'raise KeyboardInterrupt': 'KeyboardInterrupt',
      'class Mine(BaseException): pass\nraise Mine("x")': 'Mine: x',
      'raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])': 'ExceptionGroup: two (2 sub-exceptions)',
      'def f(n): return f(n + 1)\nf(0)': 'RecursionError: maximum recursion depth exceeded',
      'class E(Exception):\n    def __str__(self): raise ValueError\nraise E': 'E: <E that cannot be shown>',
      'input("name? ")':
        'EOFError: input() is not available: a program in the sandbox has no keyboard; put the values into the code',
      'import os\nos.system("id")': expect.stringMatching(/the sandbox cannot start processes$/),
      'import threading\nthreading.Thread(target=print).start()': "RuntimeError: can't start new thread",
      'import numpy': expect.stringMatching(
        /^ModuleNotFoundError: No module named 'numpy' \(only Python's standard library is available/,
      ),
      'import tkinter': expect.stringMatching(
        /^ModuleNotFoundError: No module named 'tkinter' \(this part of the standard library does not exist/,
      ),
      'import json.nothing': "ModuleNotFoundError: No module named 'json.nothing'",
    };
    expect(await messagesOf(Object.keys(expected))).toEqual(Object.values(expected));
  });

  it.each([
    ['raise ValueError("boom")', 'ValueError: boom'],
    ['x = 1\ndef (:', 'SyntaxError: invalid syntax (user.py, line 2)'],
    ['import asyncio\nfor task in asyncio.all_tasks(): task.cancel()\nawait asyncio.sleep(1)', 'CancelledError'],
    ['import js\njs.eval("setTimeout(() => { throw new Error(\'late\') })")\nimport asyncio\nawait asyncio.sleep(5)', 'Uncaught Error: late'],
    ['import json\nx = []\nfor _ in range(100_000): x = [x]\njson.dumps(x)', "RecursionError: the program nests deeper than the sandbox's stack"],
  ])('of %j ends the program with %j', async (code, message) => {
    expect((await runtime.run({ code })).error).toMatchObject({ kind: 'exception', message });
  });

  it("shows the program's own lines alone, causes included", async () => {
    const code = [
      'import json',
      'def parse(text):',
      '    return json.loads(text)',
      'try:',
      '    parse("{")',
      'except ValueError as error:',
      '    raise KeyError("k") from error',
    ].join('\n');
    const { error } = await runtime.run({ code });
    expect(error?.message).toBe("KeyError: 'k'");
    expect(error?.stack?.match(/File "[^"]*", line \d+/g)).toEqual([
      'File "user.py", line 5',
      'File "user.py", line 3',
      'File "user.py", line 7',
    ]);
    expect(error?.stack).toContain('    return json.loads(text)');
    expect(error?.stack).toContain('The above exception was the direct cause');
  });

  it('keeps the end of a very long traceback, where the exception is named', async () => {
    const { error } = await runtime.run({ code: 'raise ValueError("x" * 50_000 + "END")' });
    expect(error?.stack).toMatch(/^Traceback[^]*END$/);
  });
});

describe('a missing module', () => {
  it('is an ordinary ImportError to a program that asks first', async () => {
    const code = 'import importlib.util\ntry: import numpy\nexcept ImportError as e: print(e)\nimportlib.util.find_spec("pandas") is None';
    expect(await runtime.run({ code })).toMatchObject({ output: "No module named 'numpy'\n", result: true });
  });
});

describe('an exit', () => {
  it.each(['import sys; sys.exit()', 'import os; os._exit(0)'])(
    'by %j is success',
    async (code) => {
      expect(await runtime.run({ code })).toMatchObject({ success: true });
    },
  );

  it.each([
    ['exit("no input")', 'Program exited: no input'],
    ['import os; os._exit(4)', 'Program exited with code 4'],
    ['import asyncio, sys\nasync def f(): sys.exit(5)\nawait asyncio.gather(f())', 'Program exited with code 5'],
  ])('by %j says %j', async (code, message) => {
    expect((await runtime.run({ code })).error).toMatchObject({ kind: 'exception', message });
  });
});

describe('a program that patches what the harness could need', () => {
  it('spoils its own output alone', async () => {
    const code = [
      'import builtins, json, sys, traceback, js',
      'real = builtins.print',
      'json.dumps = json.loads = builtins.print = builtins.repr = None',
      'traceback.TracebackException = None',
      'sys.stdout = sys.stderr = None',
      'js.eval("JSON.stringify = JSON.parse = Uint8Array.prototype.subarray = TextEncoder.prototype.encode = null")',
      'builtins.isinstance = lambda *_: False',
      '[1]',
    ].join('\n');
    const { success, error } = await runtime.run({ code });
    expect(success || error?.kind === 'exception').toBe(true);
    expect(await runtime.run({ code: 'print(isinstance(1, int))\n[2]' })).toMatchObject({ output: 'True\n', result: [2] });
  });
});
