import { describe, expect, test } from 'vitest';
import { runner, testRuntime } from './support.ts';

const run = runner(testRuntime());

describe('TypeScript in full', () => {
  test.for([
    ['types, interfaces and generics', `interface A { x: number }\ntype B<T> = T | null;\nconst f = <T,>(x: T): B<T> => x;\nconsole.log((f<A>({ x: 1 }) as A).x!);`, '1\n'],
    ['type-only imports', `import type { Stats } from 'node:fs';\nimport { type Stats as S, constants } from 'node:fs';\nconsole.log(typeof constants);`, 'object\n'],
    ['angle-bracket casts', `const x: unknown = 'a';\nconsole.log((<string>x).length);`, '1\n'],
    ['enums', `enum Color { Red = 1, Green }\nconsole.log(Color.Green, Color[1]);`, '2 Red\n'],
    ['const enums', `const enum E { A = 'a' }\nconsole.log(E.A);`, 'a\n'],
    ['namespaces', `namespace N { export const x = 3 }\nconsole.log(N.x);`, '3\n'],
    ['parameter properties', `class P { constructor(private readonly x: number) {} get() { return this.x } }\nconsole.log(new P(4).get());`, '4\n'],
    ['classes with modifiers', `abstract class A { protected abstract f(): number; public g() { return this.f() } }\nclass B extends A { override f() { return 5 } declare x: string; #y? = 1 }\nconsole.log(new B().g());`, '5\n'],
    ['satisfies, non-null and overloads', `function f(x: number): number;\nfunction f(x: any) { return x }\nconst o = { a: 1 } satisfies Record<string, number>;\nconsole.log(f(o.a)!);`, '1\n'],
    ['top-level await', `const x = await Promise.resolve(6);\nconsole.log(x);`, '6\n'],
    ['plain JavaScript', `console.log([1, 2].map((x) => x * 2).join());`, '2,4\n'],
    ['node: built-ins', `import { createHash } from 'node:crypto';\nconsole.log(createHash('sha256').update('').digest('hex').slice(0, 4), Buffer.from('a').toString('hex'));`, 'e3b0 61\n'],
    ['an empty program', '', ''],
    ['a program of comments, CRLF and a byte order mark', '\uFEFF// nothing\r\n/* at all */', ''],
  ])('%s', { concurrent: true }, async ([, code, output]) => {
    expect(await run(code!)).toMatchObject({ success: true, output });
  });

  test('decorators, with the lines of the program in their errors', async () => {
    const { error, output } = await run(`
      enum E { A = 1 }
      function d(v: any, c: any) { console.log(c.kind); return v }
      @d class A { @d f(): number { throw new TypeError('in ' + E.A) } }
      new A().f();`);
    expect(output).toBe('method\nclass\n');
    expect(error).toMatchObject({ message: 'TypeError: in 1', stack: expect.stringMatching(/at A\.f \(user\.ts:4:\d+\)\n.*user\.ts:5:\d+/) as string });
  });
});

describe('output', () => {
  test('keeps the order of everything that prints', async () => {
    const { output } = await run(`
      import { error } from 'node:console';
      console.log('1'); console.error('2'); console.warn('3'); console.info('4'); console.debug('5');
      process.stderr.write('6\\n'); process.stdout.write('7\\n');
      Deno.stderr.writeSync(new TextEncoder().encode('8\\n')); await Deno.stdout.write(new TextEncoder().encode('9\\n'));
      error('10'); Object.getPrototypeOf(Deno.stderr).writeSync.call(Deno.stderr, new TextEncoder().encode('11\\n'));
      const writer = Deno.stderr.writable.getWriter(); await writer.write(new TextEncoder().encode('12\\n'));`);
    expect(output.trim().split('\n')).toEqual(Array.from({ length: 12 }, (_, index) => String(index + 1)));
  });

  test('holds what exit handlers print', async () => {
    const { output, result } = await run(`
      process.on('exit', () => console.log('exit')); process.on('beforeExit', () => console.log('beforeExit'));
      addEventListener('unload', () => console.log('unload'));
      console.log('main'); export default 1;`);
    expect({ output, result }).toEqual({ output: 'main\nbeforeExit\nunload\nexit\n', result: 1 });
  });

  test('is formatted as a console formats it', async () => {
    const { output } = await run(`console.log({ a: [1, 'b'] }, new Map([[1, 2]]), '%d%%', 5); console.table([{ a: 1 }]); console.group('g'); console.log('in');`);
    expect(output).toMatch(/^\{ a: \[ 1, "b" \] \} Map\(1\) \{ 1 => 2 \} %d%% 5\n[^]*│ {5}0 │ 1 │\n[^]*\ng\n {2,4}in\n$/);
  });

  test('holds any text and survives bytes that are none', async () => {
    const { output } = await run(`console.log('ä€😀\\u0000\\x1e\\ud800'); Deno.stdout.writeSync(new Uint8Array([0xff, 10]));`);
    expect(output).toBe('ä€😀\u0000\x1e\ufffd\n\ufffd\n');
  });

  test('what stdin holds is its end', async () => {
    const { output } = await run(`console.log(await Deno.stdin.read(new Uint8Array(9)), prompt('?'), await new Response(Deno.stdin.readable).text());`);
    expect(output).toMatch(/^null null \n$/);
  });

  test('a forged closing frame stays output', async () => {
    const forged = `\\x1e${'0'.repeat(32)}{"ok":true,"result":"42"}\\n`;
    const { output, result, error } = await run(`Deno.stdout.writeSync(new TextEncoder().encode('${forged}'));\nconsole.log('after');\nthrow new Error('true end');`);
    expect(output).toBe(`\x1e${'0'.repeat(32)}{"ok":true,"result":"42"}\nafter\n`);
    expect(result).toBeUndefined();
    expect(error?.message).toBe('true end');
  });
});
