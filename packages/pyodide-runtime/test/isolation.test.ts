import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PyodideRuntime } from '../src/index.ts';
import { pyodideStatus } from '../src/index.ts';
import { createTestRuntime, sendJson, SNAPSHOT_HOOK_MS, startTestBridge, testCacheDir } from './support.ts';

const canary = `canary-${randomUUID()}`;
let directory: string;
let file: string;
let listener: Server;
let connections = 0;
let runtime: PyodideRuntime;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'host-files-'));
  file = join(directory, 'secret.txt');
  writeFileSync(file, canary);
  process.env['CODE_EXECUTOR_TEST_CANARY'] = canary;
  listener = createServer((socket) => {
    connections += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  runtime = createTestRuntime();
  await runtime.prepare();
}, SNAPSHOT_HOOK_MS);

afterAll(async () => {
  await runtime.close();
  listener.close();
  delete process.env['CODE_EXECUTOR_TEST_CANARY'];
  rmSync(directory, { recursive: true });
});

/** Python that tries each attack, prints what it got and goes on; `attempts` are bodies of async functions. */
function tryAll(attempts: string[]): string {
  const bodies = attempts.map((body, index) => `async def attempt_${index}():\n${body.replace(/^/gm, '    ')}`);
  return [
    'import asyncio, io, js, os, sys, pyodide_js',
    'from pyodide.code import run_js',
    ...bodies,
    'tried = 0',
    `for attempt in (${attempts.map((_, index) => `attempt_${index}`).join(', ')},):`,
    '    try: print(attempt.__name__, "got", await asyncio.wait_for(attempt(), 5))',
    '    except BaseException as error: print(attempt.__name__, "failed:", type(error).__name__, error)',
    '    tried += 1',
    'tried',
  ].join('\n');
}

describe('a program that reaches for the host', () => {
  it('reads none of its files, by any road that leads out of Python', async () => {
    const path = JSON.stringify(file);
    const attempts = [
      `return open(${path}).read()`,
      `return os.listdir(${JSON.stringify(directory)})`,
      `return js.Deno.readTextFileSync(${path})`,
      `return await js.Deno.readTextFile(${path})`,
      `return run_js('Deno.readTextFileSync(' + repr(${path}) + ')')`,
      `fs = await run_js("import('node:fs')")\nreturn fs.readFileSync(${path}, "utf8")`,
      `return (await run_js('import(' + repr("file://" + ${path}) + ', {with: {type: "text"}})')).default`,
      `return await (await js.fetch("file://" + ${path})).text()`,
      `pyodide_js.FS.mkdirTree("/host")\npyodide_js.mountNodeFS("/host", ${JSON.stringify(directory)})\nreturn open("/host/secret.txt").read()`,
      `fs = pyodide_js.FS\nfs.mkdirTree("/h2")\nfs.mount(fs.filesystems.NODEFS, js.Object.fromEntries([["root", ${JSON.stringify(directory)}]]), "/h2")\nreturn open("/h2/secret.txt").read()`,
      `return js.Function("return Deno.readTextFileSync(" + repr(${path}) + ")")()`,
      `import sqlite3\nreturn sqlite3.connect(${path}).execute("select * from sqlite_master").fetchall()`,
      `import ctypes\nlib = ctypes.CDLL(None)\nfd = lib.open(${path}.encode(), 0)\nbuffer = ctypes.create_string_buffer(99)\nlib.read(fd, buffer, 99)\nreturn buffer.value`,
      `return js.Deno.readTextFileSync(${JSON.stringify((await pyodideStatus({ cacheDir: testCacheDir })).path)} + "/python-main.js")`,
    ];
    const { output, result } = await runtime.run({ code: tryAll(attempts), timeoutMs: 30_000 });
    expect(result).toBe(attempts.length);
    expect(output).not.toContain(canary);
    expect(output).not.toContain('secret.txt\']');
    expect(output).not.toContain('createFinisher');
  });

  it('sees none of its environment and starts no process', async () => {
    const marker = join(directory, 'started');
    const attempts = [
      'return dict(os.environ)',
      'return js.Deno.env.toObject()',
      'return js.Deno.env.get("CODE_EXECUTOR_TEST_CANARY")',
      'return js.process.env.CODE_EXECUTOR_TEST_CANARY',
      'return open("/proc/self/environ").read()',
      `return os.system("touch ${marker}")`,
      `import subprocess\nreturn subprocess.run(["touch", ${JSON.stringify(marker)}])`,
      `return run_js('new Deno.Command("touch", {args: [' + repr(${JSON.stringify(marker)}) + '], cwd: "/"}).outputSync()')`,
      `child = await run_js("import('node:child_process')")\nreturn child.execSync("touch ${marker}")`,
      `return js.Deno.writeTextFileSync(${JSON.stringify(marker)}, "x")`,
      'return js.Deno.hostname()',
      'return js.Deno.dlopen("libc.so.6", js.Object.new())',
      'return js.Deno.permissions.requestSync(js.Object.fromEntries([["name", "run"]])).state',
    ];
    const { output, result } = await runtime.run({ code: tryAll(attempts), timeoutMs: 30_000 });
    expect(result).toBe(attempts.length);
    expect(output).not.toContain(canary);
    expect(output).not.toContain(process.env['PATH']);
    expect(output.match(/got .*/g)?.filter((line) => !/^got (\{'|denied)/.test(line))).toEqual([]);
    expect(existsSync(marker)).toBe(false);
    expect(readdirSync(directory)).toEqual(['secret.txt']);
  });

  it('reaches no port but its bridge, which it does reach', async () => {
    const { port } = listener.address() as AddressInfo;
    const bridge = await startTestBridge((_, response) => sendJson(response, 200, { response: 'here' }));
    try {
      const attempts = [
        ...[`127.0.0.1:${port}`, `localhost:${port}`, `[::ffff:127.0.0.1]:${port}`].map(
          (host) => `return (await js.fetch("http://${host}/")).status`,
        ),
        `from pyodide.http import pyfetch\nreturn (await pyfetch("http://127.0.0.1:${port}/")).status`,
        `import urllib.request\nreturn urllib.request.urlopen("http://127.0.0.1:${port}/", timeout=2).status`,
        `import socket\nreturn socket.create_connection(("127.0.0.1", ${port}), timeout=2)`,
        `return await js.Deno.connect(js.Object.fromEntries([["port", ${port}]]))`,
        `return await run_js("import('node:net').then(({connect}) => new Promise((yes, no) => connect(${port}, '127.0.0.1').on('connect', yes).on('error', no)))")`,
        `return await run_js("new Promise((yes, no) => Object.assign(new WebSocket('ws://127.0.0.1:${port}/'), {onopen: yes, onerror: no}))")`,
        'return await js.Deno.resolveDns("example.com", "A")',
        'return js.Deno.listen(js.Object.fromEntries([["port", 0]]))',
        `return run_js("new (process.binding('udp_wrap').UDP)().bind('127.0.0.1', ${new URL(bridge.url).port}, 0)")`,
        'return await run_js("import(\'npm:is-odd\')")',
        `return await run_js("import('http://127.0.0.1:${port}/x.js')")`,
      ];
      const { output, result } = await runtime.run({
        code: `print(await llm.ask("x"))\n${tryAll(attempts)}`,
        timeoutMs: 40_000,
        bridge: { url: bridge.url, token: 't'.repeat(43) },
      });
      expect(output).toContain('here\n');
      expect(result).toBe(attempts.length);
      expect(bridge.calls).toHaveLength(1);
      expect(connections).toBe(0);
      expect(output).toContain('Not allowed in the sandbox: UDP sockets');
    } finally {
      await bridge.close();
    }
  });

  it('learns by an uncaught refusal that it is one', async () => {
    const { error } = await runtime.run({ code: `import js\njs.Deno.readTextFileSync(${JSON.stringify(file)})` });
    expect(error).toMatchObject({ kind: 'policy', message: `Not allowed in the sandbox: read access to "${file}"` });
  });
});

describe('two executions', () => {
  it('share no file, no patched module, no storage and no random numbers', async () => {
    const code = [
      'import json, math, os, random, secrets, uuid, js',
      'seen = [os.path.exists("left.txt"), hasattr(math, "left"), json.dumps is None, "left" in globals(), hasattr(js, "left")]',
      'open("left.txt", "w").write("x"); math.left = 1; json.dumps = None; left = 1; js.left = 1',
      'try: js.localStorage.setItem("left", "1")',
      'except Exception: pass',
      'seen + [random.random(), random.getrandbits(64), secrets.token_hex(8), str(uuid.uuid4()), os.urandom(8).hex()]',
    ].join('\n');
    const results = await Promise.all([runtime.run({ code }), runtime.run({ code })]);
    const [first, second] = results.map(({ result }) => result as unknown[]);
    expect(first?.slice(0, 5)).toEqual([false, false, false, false, false]);
    expect(second?.slice(0, 5)).toEqual([false, false, false, false, false]);
    for (let index = 5; index < 10; index += 1) expect(first?.[index]).not.toBe(second?.[index]);
  });
});
