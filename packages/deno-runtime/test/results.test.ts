import { describe, expect, test } from 'vitest';
import { runner, testRuntime } from './support.ts';

const run = runner(testRuntime());

describe('the default export is the result', () => {
  test.for([
    ['an object', `export default { a: [1, 'x', null, true], __proto__: { b: 1 } };`, { a: [1, 'x', null, true] }],
    ['null', `export default null;`, null],
    ['a promise', `export default Promise.resolve([1]);`, [1]],
    ['what toJSON says', `export default new Date(0);`, '1970-01-01T00:00:00.000Z'],
    ['a number that JSON lacks', `export default NaN;`, null],
    ['text of all kinds', `export default 'ä€😀\\u2028"\\\\';`, 'ä€😀\u2028"\\'],
    ['an own __proto__', `export default JSON.parse('{"__proto__": 1}');`, JSON.parse('{"__proto__": 1}')],
  ] as [string, string, unknown][])('%s', { concurrent: true }, async ([, code, result]) => {
    expect(await run(code)).toMatchObject({ success: true, result });
  });

  test('undefined, or none, is no result', async () => {
    expect(await run(`export default undefined;`)).not.toHaveProperty('result');
    expect(await run(`console.log(1);`)).not.toHaveProperty('result');
  });

  test.for([
    ['a function', `export default function f() {};`, /Function: f/],
    ['a BigInt', `export default 5n;`, /^5n$/],
    ['a symbol', `export default Symbol('s');`, /Symbol/],
    ['a circle', `const a: any = {}; a.a = a; export default a;`, /Circular/],
    ['a toJSON that throws', `export default { toJSON() { throw new Error('no') } };`, /toJSON/],
  ] as [string, string, RegExp][])('%s becomes its text form, with a warning', { concurrent: true }, async ([, code, text]) => {
    expect(await run(code)).toMatchObject({
      success: true,
      result: expect.stringMatching(text) as string,
      warnings: [{ code: 'result_not_json' }],
    });
  });

  test.for([
    ['too many bytes', `export default 'x'.repeat(1_048_575);`, /^Result too large: 1048577 bytes of JSON, at most 1048576/],
    ['far too many bytes', `export default 'x'.repeat(50_000_000);`, /^Result too large: at most 1048576 bytes/],
    ['too many levels', `let a: any = 1; for (let i = 0; i < 65; i += 1) a = [a]; export default a;`, /^Result nested too deeply: more than 64 levels/],
  ] as [string, string, RegExp][])('%s are refused', async ([, code, message]) => {
    const outcome = await run(code);
    expect(outcome).toMatchObject({ success: false, error: { kind: 'output', message: expect.stringMatching(message) as string } });
    expect(outcome).not.toHaveProperty('result');
  });

  test('at the limits it is still taken', async () => {
    expect((await run(`export default 'x'.repeat(1_048_574);`)).result).toHaveLength(1_048_574);
    expect(await run(`let a: any = 1; for (let i = 0; i < 64; i += 1) a = [a]; export default a;`)).toMatchObject({ success: true });
  });
});

describe('a program that spoils the built-ins spoils no more than its own words', () => {
  const result = { a: ['text', 1] };
  test.for([
    `JSON.stringify = () => '{"ok":false}'; JSON.parse = () => { throw 1 };`,
    `TextEncoder.prototype.encode = () => new Uint8Array(0); (globalThis as any).TextEncoder = null;`,
    `Uint8Array.prototype.subarray = () => { throw 1 }; Object.defineProperty(Uint8Array, Symbol.species, { get() { throw 1 } });`,
    `Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), 'length', { get() { throw 1 } });`,
    `for (const n of ['map', 'join', 'push', 'filter', 'find', Symbol.iterator]) (Array.prototype as any)[n] = () => { throw 1 };`,
    `Promise.prototype.then = () => { throw 1 }; Promise.resolve = () => { throw 1 };`,
    `(Object.prototype as any).toJSON = () => 'forged';`,
    `String.prototype.replace = () => { throw 1 }; RegExp.prototype.exec = () => { throw 1 };`,
    `Object.defineProperty(Object.prototype, 'get', { value: () => 1 });`,
    `Reflect.apply = () => { throw 1 }; Function.prototype.call = () => { throw 1 };`,
    `Deno.inspect = () => { throw 1 }; Deno.stdout.writeSync = () => 0; Deno.exit = (() => {}) as any; (console as any).log = null;`,
  ])('%s', { concurrent: true }, async (spoil) => {
    const ended = await run(`const value = { a: ['text', 1] };\n${spoil}\nexport default value;`);
    expect(ended).toMatchObject({ success: true, result: spoil.includes('toJSON') ? 'forged' : result });
    const failed = await run(`${spoil}\nthrow new Error('own error');`);
    expect(failed).toMatchObject({ success: false, error: { kind: 'exception', message: expect.stringContaining('own error') as string } });
  });

  test('no built-in sees the mark that opens the closing frame', async () => {
    const { output } = await run(`
      const seen: string[] = []; const print = console.log; const decode = new TextDecoder();
      const look = (value: any) => { try { seen.push(typeof value === 'string' ? value : decode.decode(value.buffer ?? value)) } catch {} };
      const typed = Object.getPrototypeOf(Uint8Array.prototype);
      for (const name of ['length', 'buffer', 'byteLength', 'byteOffset']) {
        const { get } = Object.getOwnPropertyDescriptor(typed, name)!;
        Object.defineProperty(typed, name, { get() { const v = get!.call(this); if (name === 'length') queueMicrotask(() => {}); seen.push(name); return v } });
      }
      const species = class extends Uint8Array { constructor(...a: any[]) { super(...(a as [any])); look(a[0]) } };
      Object.defineProperty(Uint8Array, Symbol.species, { get: () => species });
      for (const [o, n] of [[JSON, 'stringify'], [String.prototype, 'concat'], [TextEncoder.prototype, 'encode']] as any) { const f = o[n]; o[n] = function (...a: any[]) { a.forEach(look); return Reflect.apply(f, this, a) } }
      process.on('exit', () => print(seen.some((text) => text.includes('\\x1e')) ? 'leaked' : 'kept'));`);
    expect(output).toBe('kept\n');
  });
});
