import { describe, expect, test } from 'vitest';
import { runner, testRuntime } from './support.ts';

const run = runner(testRuntime());

describe('what the engine knows of the harness stays hidden', () => {
  test.for(['getHeapSnapshot', 'writeHeapSnapshot', 'queryObjects', 'setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'takeCoverage', 'GCProfiler'])(
    '%s of node:v8 is refused, by whatever name it is reached',
    async (name) => {
      for (const way of [
        `import { ${name} } from 'node:v8'; const f = ${name};`,
        `import v8 from 'node:v8'; const f = v8.${name};`,
        `const f = process.getBuiltinModule('node:v8').${name};`,
        `import { createRequire } from 'node:module'; const f = createRequire('file:///x.js')('v8').${name};`,
      ]) {
        const { error } = await run(`${way}\nconst got = new (f as any)('--expose-gc'); console.log(got)`);
        expect(error).toMatchObject({ kind: 'policy', message: `Not allowed in the sandbox: ${name} of node:v8` });
      }
    },
  );

  test('of node:v8 there is serialization and what tells of memory, and nothing else', async () => {
    const { result, output } = await run(`import * as named from 'node:v8';
      const left = (o: any): string[] => Object.keys(o).filter((k) => k !== 'default' && k !== 'module.exports')
        .flatMap((k) => typeof o[k] === 'object' ? left(o[k]) : o[k].name === 'Refused' ? [] : [k]);
      console.log(named.deserialize(named.serialize({ a: [1] })), named.getHeapStatistics().total_heap_size > 0);
      export default [...new Set([...left(named), ...left(named.default)])].sort();`);
    expect(output).toBe('{ a: [ 1 ] } true\n');
    expect(result).toEqual([
      'DefaultDeserializer', 'DefaultSerializer', 'Deserializer', 'Serializer', 'cachedDataVersionTag', 'deserialize',
      'getHeapCodeStatistics', 'getHeapSpaceStatistics', 'getHeapStatistics', 'serialize',
    ]);
  });

  test.for([
    `import { Session } from 'node:inspector'; new Session().connect()`,
    `import { Session } from 'node:inspector/promises'; new Session().connectToMainThread()`,
    `import { open } from 'node:inspector'; open(9229, '127.0.0.1')`,
  ])('the debugger is refused: %s', async (program) => {
    expect((await run(program)).error?.kind).toMatch(/^(policy|exception)$/);
  });

  test('the listeners that the harness put in place tell no mark', async () => {
    const { result, error } = await run(`const found: string[] = [];
      for (const key of Object.getOwnPropertySymbols(globalThis)) {
        const lists = Object.values((globalThis as any)[key]?.listeners ?? {}) as any[][];
        for (const { callback } of lists.flat()) found.push(String(callback), ...Reflect.ownKeys(callback ?? {}).map((k) => String(callback[k])));
      }
      export default [found.length > 0, found.some((text) => /[0-9a-f]{32}/.test(text)), typeof (globalThis as any).nodeBootstrap];`);
    expect(error).toBeUndefined();
    expect(result).toEqual([true, false, 'undefined']);
  });
});

describe('node:sqlite is not there, because its temporary tables are files', () => {
  test.for([
    `import { DatabaseSync } from 'node:sqlite'; const D = DatabaseSync;`,
    `import sqlite from 'node:sqlite'; const D = sqlite.DatabaseSync;`,
    `const D = process.getBuiltinModule('node:sqlite').DatabaseSync;`,
    `import { createRequire } from 'node:module'; const D = createRequire('file:///x.js')('node:sqlite').DatabaseSync;`,
  ])('%s', async (way) => {
    const { error } = await run(`${way}
      const d = new D(':memory:');
      d.exec('pragma temp_store=1; pragma cache_size=1; create temp table t(x)');
      for (let n = 0; n < 999; n += 1) d.exec("insert into t values (randomblob(9999))");`);
    expect(error).toMatchObject({ kind: 'policy', message: 'Not allowed in the sandbox: DatabaseSync of node:sqlite' });
  });
});
