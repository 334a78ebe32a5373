import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scratchDirectory } from './support.ts';

const folder = join(import.meta.dirname, '..');
const temporary = scratchDirectory();
const NODE = ['--conditions=@code-executor/source', '--input-type=module-typescript', '-'];
const options = { cwd: folder, env: { ...process.env, TMPDIR: temporary } };

describe('a host', () => {
  test('that is killed takes its sandboxes with it', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<string>();
    const server = createServer(() => arrived.resolve());
    server.on('connection', (socket) => socket.on('close', () => gone.resolve('gone')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const code = `fetch('${url}').catch(() => {}); setTimeout(() => { while (true) {} }, 100);`;
    const host = spawn(process.execPath, NODE, { ...options, stdio: ['pipe', 'ignore', 'ignore'] });
    host.stdin.end(`import { createDenoRuntime } from '@code-executor/deno-runtime';
      await createDenoRuntime().run({ code: ${JSON.stringify(code)}, bridge: { url: '${url}', token: 'none' } });`);
    await arrived.promise;
    host.kill('SIGKILL');
    expect(await gone.promise).toBe('gone');
    server.close();
  });

  test('without file descriptors gets a result, and keeps nothing', () => {
    const program = `import { createDenoRuntime } from '@code-executor/deno-runtime';
      import { closeSync, openSync } from 'node:fs';
      const runtime = createDenoRuntime();
      const open = [];
      try { for (;;) open.push(openSync('/dev/null', 'r')); } catch {}
      const { error, success } = await runtime.run({ code: 'console.log(1)' });
      open.forEach((descriptor) => closeSync(descriptor));
      const after = await runtime.run({ code: 'console.log(1)' });
      console.log(success, error?.kind, error?.message.includes('EMFILE'), after.output);`;
    const printed = execFileSync('/bin/sh', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, ...NODE], { ...options, input: program, encoding: 'utf8' });
    expect(printed).toBe('false unavailable true 1\n\n');
    expect(readdirSync(temporary)).toEqual([]);
  });
});
