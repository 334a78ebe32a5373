import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Language } from '../src/index.ts';
import { openWorld, type World } from './support.ts';

const canary = ['canary', 'b7e1', 'in', 'the', 'environment'].join('-');
const LANGUAGES: Language[] = ['typescript', 'python'];

let world: World & AsyncDisposable;
beforeAll(async () => {
  process.env['EXECUTOR_TEST_CANARY'] = canary;
  world = await openWorld({ endsWithTest: false });
});
afterAll(async () => {
  delete process.env['EXECUTOR_TEST_CANARY'];
  await world[Symbol.asyncDispose]();
});

/** Tries every way to keep something, and reports what it finds of an earlier try. */
const TRACES: Record<Language, string> = {
  typescript: `
    let found: string[] = [];
    const attempt = async (name: string, look: () => unknown, leave: () => unknown) => {
      try { if (await look()) found.push(name); } catch {}
      try { await leave(); } catch {}
    };
    const g = globalThis as any;
    const pass = async () => {
      found = [];
      await attempt('global', () => g.trace, () => { g.trace = 1; });
      await attempt('prototype', () => ({} as any).trace, () => { (Object.prototype as any).trace = 1; });
      await attempt('localStorage', () => localStorage.getItem('trace'), () => localStorage.setItem('trace', '1'));
      await attempt('cache', async () => (await caches.open('trace')).match('http://trace/'), async () => (await caches.open('trace')).put('http://trace/', new Response('1')));
      await attempt('kv', async () => (await Deno.openKv()).get(['trace']), async () => (await Deno.openKv()).set(['trace'], 1));
      await attempt('file', () => Deno.readTextFileSync('trace'), () => Deno.writeTextFileSync('trace', '1'));
      await attempt('tmp', () => Deno.readTextFileSync('/tmp/executor-trace'), () => Deno.writeTextFileSync('/tmp/executor-trace', '1'));
      await attempt('env', () => Deno.env.get('TRACE'), () => Deno.env.set('TRACE', '1'));
      return found;
    };
    export default { found: await pass(), again: await pass(), random: Math.random() };
  `,
  python: `
import builtins, os, random, sys
def attempt(found, name, look, leave):
    try:
        if look(): found.append(name)
    except BaseException: pass
    try: leave()
    except BaseException: pass
def traces():
    found = []
    attempt(found, 'builtins', lambda: builtins.trace, lambda: setattr(builtins, 'trace', 1))
    attempt(found, 'module', lambda: sys.trace, lambda: setattr(sys, 'trace', 1))
    attempt(found, 'file', lambda: open('/tmp/trace').read(), lambda: open('/tmp/trace', 'w').write('1'))
    attempt(found, 'home', lambda: open('trace').read(), lambda: open('trace', 'w').write('1'))
    attempt(found, 'environ', lambda: os.environ['TRACE'], lambda: os.environ.__setitem__('TRACE', '1'))
    attempt(found, 'json', lambda: __import__('json').dumps({}) == 'patched', lambda: setattr(__import__('json'), 'dumps', lambda *a, **k: 'patched'))
    attempt(found, 'js', lambda: __import__('js').trace, lambda: setattr(__import__('js'), 'trace', 1))
    return found
{'found': traces(), 'again': traces(), 'random': random.random()}
`,
};

test.each(LANGUAGES)('nothing that one %s program leaves is seen by the next', async (language) => {
  const first = await world.run({ language, code: TRACES[language] });
  const second = await world.run({ language, code: TRACES[language] });
  const [one, two] = [first.result, second.result] as { found: string[]; again: string[]; random: number }[];
  expect([one?.found, two?.found]).toEqual([[], []]);
  // The control: within one program the same look finds what was left.
  expect(one?.again).toEqual(expect.arrayContaining(language === 'python' ? ['builtins', 'module', 'file', 'environ', 'js'] : ['global', 'prototype']));
  expect(two?.random).not.toBe(one?.random);
});

/** Looks for host secrets wherever a program could: everything readable is put into the output. */
const SEARCH: Record<Language, string> = {
  typescript: `
    const seen: string[] = [];
    const look = async (what: () => unknown) => { try { seen.push(String(await what())); } catch (error) { seen.push((error as Error).name); } };
    await look(() => JSON.stringify(Deno.env.toObject()));
    await look(() => Deno.env.get('ANTHROPIC_API_KEY'));
    await look(async () => JSON.stringify((await import('node:process')).env));
    await look(() => JSON.stringify(Deno.args) + Deno.mainModule);
    for (const path of ['/proc/self/environ', '/proc/1/environ', '/proc/self/cmdline', '/etc/passwd', HOME + '/.code-executor/config.json', HOME + '/.code-executor/audit-log.jsonl.key'])
      await look(() => Deno.readTextFileSync(path));
    await look(() => new Deno.Command('env').outputSync());
    for (const key of Object.getOwnPropertyNames(globalThis)) await look(() => JSON.stringify((globalThis as any)[key]));
    console.log(seen.join('\\n'));
  `,
  python: `
import os, sys
seen = [str(dict(os.environ)), str(sys.argv)]
def look(what):
    try: seen.append(str(what()))
    except BaseException as error: seen.append(type(error).__name__)
for path in ['/proc/self/environ', '/proc/1/environ', '/etc/passwd', HOME + '/.code-executor/config.json', HOME + '/.code-executor/audit-log.jsonl.key']:
    look(lambda: open(path).read())
import js
look(lambda: js.Deno.env.toObject().to_py())
look(lambda: js.Deno.readTextFileSync('/etc/passwd'))
look(lambda: js.Deno.readTextFileSync('/proc/self/environ'))
look(lambda: js.process.env.to_py())
look(lambda: js.JSON.stringify(js.globalThis))
look(lambda: os.popen('env').read())
print('\\n'.join(seen))
`,
};

test.each(LANGUAGES)('neither key nor environment nor files of the host are within reach of a %s program', async (language) => {
  const home = JSON.stringify(world.home);
  const result = await world.run({ language, code: language === 'python' ? `HOME = ${home}\n${SEARCH.python}` : `const HOME = ${home};\n${SEARCH.typescript}` });
  expect(result.success).toBe(true);
  expect(result.output.length).toBeGreaterThan(50);
  for (const secret of [world.api.apiKey, canary, 'root:x:0']) expect(JSON.stringify(result)).not.toContain(secret);
});

test('the programs of eight TypeScript and two Python executions side by side keep everything apart', async () => {
  world.api.script(({ messages }) => ({ kind: 'answer', text: `answer to ${messages[0]?.content}`, usage: { input_tokens: 20, output_tokens: Number(messages[0]?.content.split(' ')[1]) } }));
  const names = Array.from({ length: 10 }, (_, n) => ({ n, language: n < 8 ? ('typescript' as const) : ('python' as const) }));
  const results = await Promise.all(
    names.map(({ n, language }) =>
      world.run({
        language,
        maxSamplingRounds: n + 3,
        code:
          language === 'python'
            ? `import asyncio\nprint(sorted(await asyncio.gather(*[llm.ask(f"program ${n} call {i}") for i in range(3)])))\nllm.budget()`
            : `console.log((await Promise.all([0, 1, 2].map((i) => llm.ask('program ${n} call ' + i)))).sort().join()); export default llm.budget();`,
      }),
    ),
  );
  expect(new Set(results.map(({ executionId }) => executionId)).size).toBe(10);
  for (const [n, result] of results.entries()) {
    expect(result.output.match(/program \d+/g)).toEqual([`program ${n}`, `program ${n}`, `program ${n}`]);
    expect(result.samplingMetrics).toMatchObject({ totalRounds: 3, totalTokens: 3 * (20 + n), quotaRemaining: { rounds: n, tokens: 10_000 - 3 * (20 + n) } });
    expect(result.result).toEqual(result.samplingMetrics?.quotaRemaining);
    const own = world.records().filter(({ executionId }) => executionId === result.executionId);
    expect(own.map(({ kind, tokensUsed }) => [kind, tokensUsed])).toEqual([...Array.from({ length: 3 }, () => ['sampling', 20 + n]), ['execution', undefined]]);
  }
});
