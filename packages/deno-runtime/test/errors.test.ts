import { describe, expect, test } from 'vitest';
import { runner, testRuntime } from './support.ts';

const run = runner(testRuntime());

describe('errors speak of the program itself', () => {
  test.for([
    ['in plain TypeScript', `const x: number = 1;\nfunction f(): never {\n  throw new TypeError('bad');\n}\nf();`, /TypeError: bad\n {4}at f \(user\.ts:3:9\)\n {4}at user\.ts:5:1$/],
    ['beside an enum', `enum A { B }\ninterface Long { a: string;\n b: number }\n\nfunction f(): never {\n  throw new TypeError('bad' + A[0]);\n}\nf();`, /TypeError: badB\n {4}at f \(user\.ts:6:9\)\n {4}at user\.ts:8:1$/],
    ['in an asynchronous call', `async function f() {\n  await null;\n  throw new TypeError('late');\n}\nawait f();`, /at f \(user\.ts:3:9\)\n {4}at async user\.ts:5:1$/],
  ])('with line and column %s', async ([, code, stack]) => {
    const { error } = await run(code as string);
    expect(error).toMatchObject({ kind: 'exception', message: expect.stringMatching(/^TypeError: /) as string });
    expect(error?.stack).toMatch(stack as RegExp);
    expect(error?.stack).not.toMatch(/blob:|harness|ext:/);
  });

  test('a stack that the program prints does too', async () => {
    const { output } = await run(`console.log(new Error('here').stack);\nconsole.log(new Error('there'));`);
    expect(output).toMatch(/^Error: here\n {4}at user\.ts:1:13\nError: there\n {4}at user\.ts:2:13\n$/);
  });

  test('causes are told, a circle of them not for ever', async () => {
    const told = await run(`throw new Error('outer', { cause: new RangeError('inner', { cause: 'root' }) });`);
    expect(told.error?.stack).toMatch(/^Error: outer[^]*Caused by: RangeError: inner[^]*Caused by: "root"$/);
    const circle = await run(`const e = new Error('e'); e.cause = e; throw e;`);
    expect(circle.error?.message).toBe('e');
  });

  test.for([
    ['a syntax error', `const x = 1;\nconst = 2;`, /^SyntaxError: /],
    ['an unfinished program', `function f( {`, /^SyntaxError: /],
    ['JSX', `const a = <div>x</div>;`, /^SyntaxError: /],
    ['a name that is not there', `missing();`, /^ReferenceError: missing is not defined$/],
    ['an unhandled rejection', `Promise.reject(new Error('nobody'));`, /^nobody$/],
    ['an error in a timer', `setTimeout(() => { throw new Error('timer') }, 1);`, /^timer$/],
    ['a main() that nobody awaits', `async function main() { await null; throw new Error('main') }\nmain();`, /^main$/],
    ['a string', `throw 'text';`, /^Uncaught "text"$/],
    ['null', `throw null;`, /^Uncaught null$/],
    ['undefined', `throw undefined;`, /^Uncaught undefined$/],
    ['a rejection without a reason', `Promise.reject();`, /^Uncaught undefined$/],
    ['an object', `throw { a: 1 };`, /^Uncaught \{ a: 1 \}$/],
    ['a getter that throws', `throw { get message() { throw new Error('trap') } };`, /./],
    ['a proxy of traps', `throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } });`, /./],
    ['an error with a stack that is none', `throw Object.assign(new Error('odd'), { stack: 5, name: Symbol.iterator });`, /odd/],
    ['an error with a code', `throw Object.assign(new Error('coded'), { code: 'E_MINE' });`, /^coded$/],
    ['a promise that nobody settles', `await new Promise(() => {});`, /^The program awaits a promise that nothing will settle$/],
    ['an exit code', `Deno.exit(3);`, /^Program exited with code 3$/],
    ['an exit code by node', `process.exit(4);`, /^Program exited with code 4$/],
    ['an exit code for later', `process.exitCode = 5;`, /^Program exited with code 5$/],
  ] as [string, string, RegExp][])('%s', { concurrent: true }, async ([, code, message]) => {
    const { success, error } = await run(code);
    expect(success).toBe(false);
    expect(error).toMatchObject({ kind: 'exception', message: expect.stringMatching(message) as string });
    expect(JSON.stringify(error)).not.toMatch(/harness\//);
  });

  test('a syntax error names its line', async () => {
    const { error } = await run(`const x: number = 1;\n\nconst = 2;`);
    expect(`${error?.message}${error?.stack ?? ''}`).toMatch(/user\.ts:3|3 \| ?const = 2|3:/);
  });

  test('an error with a code and a quota keeps both', async () => {
    const { error } = await run(`throw Object.assign(new Error('Rate limit'), { code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 5 } });`);
    expect(error).toMatchObject({ code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 5 } });
  });

  test('an enormous message is shortened, and an error without frames gets no code of the engine', async () => {
    const { error } = await run(`throw new Error('m'.repeat(3_000_000));`);
    expect(error?.kind).toBe('exception');
    expect(error?.message).toMatch(/^m{8000}/);
    expect((await run(`Error.stackTraceLimit = 0;\nthrow new Error('bare');`)).error).toEqual({ kind: 'exception', message: 'bare', stack: 'Error: bare' });
  });

  test('output before an error is kept, and a successful exit keeps the result', async () => {
    expect(await run(`console.log('before');\nthrow new Error('x');`)).toMatchObject({ output: 'before\n', success: false });
    expect(await run(`export default 7;\nsetTimeout(() => Deno.exit(0), 1);`)).toMatchObject({ success: true, result: 7 });
    expect(await run(`console.log(1);\nDeno.exit(0);`)).toMatchObject({ success: true, output: '1\n' });
    expect(await run(`export default 8;\nprocess.on('beforeExit', () => process.exit(0));`)).toMatchObject({ success: true, result: 8 });
    expect(await run(`export default 9;\n(globalThis as any).process = null;`)).toMatchObject({ success: true, result: 9 });
    expect(await run(`process.on('exit', () => { throw new Error('x') });`)).toMatchObject({ success: false, error: { kind: 'exception' } });
  });
});
