import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everythingIn, runner, testRuntime } from './support.ts';

const run = runner(testRuntime());

describe('what belongs to the host stays there', () => {
  test('its environment', async () => {
    const canary = `environment${process.pid}x${Date.now()}`;
    process.env['DENO_RUNTIME_TEST_CANARY'] = canary;
    try {
      for (const program of [
        `console.log(Deno.env.toObject())`,
        `console.log(Deno.env.get('DENO_RUNTIME_TEST_CANARY'))`,
        `console.log(JSON.stringify(process.env), process.env.DENO_RUNTIME_TEST_CANARY)`,
        `import { env } from 'node:process'; console.log(Object.entries(env), env.PATH)`,
      ]) {
        expect(everythingIn(await run(program))).not.toMatch(new RegExp(`${canary}|/usr/bin`));
      }
    } finally {
      delete process.env['DENO_RUNTIME_TEST_CANARY'];
    }
  });

  test.for([
    `new Deno.Command('/bin/echo', { args: ['escaped'] }).outputSync()`,
    `(await import('node:child_process')).execFileSync('/bin/echo', ['escaped']).toString()`,
    `(await import('node:child_process')).spawnSync('/bin/echo', ['escaped']).error.message`,
    `process.kill(process.ppid, 'SIGKILL')`,
    `Deno.dlopen('libc.so.6', { getpid: { parameters: [], result: 'i32' } })`,
    `process.dlopen({}, '/lib/x86_64-linux-gnu/libc.so.6')`,
    `Deno.writeTextFileSync('/tmp/escaped', 'x')`,
    `(await import('node:fs')).writeFileSync('escaped', 'x')`,
    `(await import('node:fs')).mkdtempSync('/tmp/escaped')`,
    `Deno.makeTempFileSync()`,
    `Deno.hostname()`,
    `Deno.networkInterfaces()`,
    `(await import('node:os')).userInfo()`,
    `(() => { const s = new (process.getBuiltinModule('node:inspector').Session)(); s.connect(); return s.post('Runtime.evaluate', { expression: '1' }) })()`,
    `new (process.getBuiltinModule('node:sqlite').DatabaseSync)(':memory:').exec("VACUUM INTO '/tmp/escaped.db'")`,
    `new (process.getBuiltinModule('node:sqlite').DatabaseSync)(':memory:').exec("ATTACH '/tmp/escaped.db' AS a; CREATE TABLE a.t (x)")`,
    `process.getBuiltinModule('node:v8').writeHeapSnapshot('/tmp/escaped.heapsnapshot')`,
    `await (navigator as any).gpu.requestAdapter()`,
    `new Worker('data:text/javascript,1', { type: 'module' })`,
    `new (await import('node:worker_threads')).Worker('1', { eval: true })`,
    `await Deno.openKv('/tmp/escaped.kv')`,
  ])('%s is refused', async (expression) => {
    const { error, output } = await run(`console.log(${expression})`, { timeoutMs: 15_000 });
    expect(output).not.toContain('escaped\n');
    expect(readdirSync('/tmp').filter((name) => name.startsWith('escaped'))).toEqual([]);
    expect(output === '' ? error?.kind : output).toMatch(/policy|exception|denied|access|allowed/i);
  });

  test('the engine\'s private interface is out of reach, from whatever object a program starts', async () => {
    const { result, error } = await run(SCAN);
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ hits: [] });
    expect((result as { seen: number }).seen).toBeGreaterThan(1_000);
  });
});

describe('nothing is left for the next run', () => {
  test.for([
    ['localStorage', `localStorage.setItem('mark', 'left')`, `localStorage.getItem('mark')`],
    ['sessionStorage', `sessionStorage.setItem('mark', 'left')`, `sessionStorage.getItem('mark')`],
    ['caches', `const c = await caches.open('mark'); await c.put('http://127.0.0.1/mark', new Response('left'))`, `await (await (await caches.open('mark')).match('http://127.0.0.1/mark'))?.text()`],
    ['Deno.openKv', `const k = await (Deno as any).openKv(); await k.set(['mark'], 'left'); k.close()`, `(await (await (Deno as any).openKv()).get(['mark'])).value`],
    ['globals', `Object.prototype.mark = 'left'; globalThis.mark = 'left'; Array.prototype.map = () => ['left']`, `String({}.mark) + globalThis.mark + [1].map((x) => x)`],
  ])('by way of %s', async ([, leave, look]) => {
    await run(`try { ${leave} } catch (e) { console.log(String(e)) }`);
    const { output } = await run(`try { console.log(${look}) } catch (e) { console.log(String(e)) }`);
    expect(output).not.toContain('left');
  });
});

/** Walks every property and prototype from the globals and all node: modules. */
const SCAN = `
import { builtinModules } from 'node:module';
const wanted = ['destructureError', 'ops', 'opNames', 'loadExtScript', '__bootstrapNodeProcess'];
const seen = new Set<unknown>(); const hits: string[] = [];
const queue: [unknown, string][] = [[globalThis, 'globalThis']];
addEventListener('unhandledrejection', (event) => event.preventDefault());
for (const name of builtinModules) {
  try { queue.push([process.getBuiltinModule(name), name]) } catch {}
  try { queue.push([await import(name.startsWith('node:') ? name : 'node:' + name), 'import ' + name]) } catch {}
}
console.log = () => {};
while (queue.length > 0) {
  const [value, path] = queue.pop()!;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
  seen.add(value);
  let keys: (string | symbol)[] = [];
  try { keys = Reflect.ownKeys(value) } catch {}
  for (const key of keys) {
    let property: PropertyDescriptor | undefined;
    try { property = Reflect.getOwnPropertyDescriptor(value, key) } catch {}
    if (wanted.includes(String(key))) hits.push(path + '.' + String(key));
    if (typeof property?.value === 'function' && property.value.name === 'NodeWorker') hits.push(path + '.' + String(key));
    queue.push([property?.value, path + '.' + String(key)], [property?.get, path + '.get ' + String(key)]);
  }
  try { queue.push([Reflect.getPrototypeOf(value), path + '.__proto__']) } catch {}
}
export default { hits, seen: seen.size };
`;
