import { expect, test } from 'vitest';
import { configSchema } from '../src/config/schema.ts';
import { createExecutor, executeCode, type ExecutionRequest, type Language } from '../src/index.ts';
import { runExecution } from '../src/execution.ts';
import { openGateway } from '../src/gateway.ts';
import { assembleParts } from '../src/parts.ts';
import { settlePolicy } from '../src/policy.ts';
import { CACHE_DIR, checked, freshFolder, gate, openWorld } from './support.ts';

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an unknown language', { language: 'ruby', code: 'puts 1' }],
  ['no code', { language: 'python' }],
  ['an unknown key', { language: 'python', code: '1', fast: true }],
  ['a value beyond its ceiling', { language: 'python', code: '1', maxSamplingRounds: 101 }],
])('%s as a request is a result of kind policy, and nothing runs', async (_, request) => {
  const world = await openWorld();
  const result = await world.run(request as ExecutionRequest);
  expect(result).toMatchObject({ success: false, output: '', error: { kind: 'policy', code: 'invalid_request', message: expect.stringMatching(/^Invalid request: /) } });
  expect(world.records()).toEqual([]);
});

/** Ends that a program could choose in order to break its caller. */
const HOSTILE: Record<Language, [string, string][]> = {
  typescript: [
    ['exception', `throw Object.assign(new Error('x'.repeat(1e6)), { code: 'c'.repeat(1e5), quotaRemaining: { rounds: 'many', tokens: null } })`],
    ['exception', `throw { quotaRemaining: { rounds: -1, tokens: 1e999 }, code: 5, message: {} }`],
    ['exception', `throw null`],
    ['exception', `throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })`],
    ['success', `const ring: any = {}; ring.ring = ring; export default ring`],
    ['success', `export default 10n`],
    ['success', `export default { toJSON() { throw new Error('no'); } }`],
    ['output', `let deep: any = 0; for (let i = 0; i < 5000; i++) deep = [deep]; export default deep`],
    ['output', `export default 'x'.repeat(5e6)`],
    ['success', `export default { __proto__: null, ['__proto__']: { polluted: true } }`],
    ['success', `console.log('\\u0000\\uD800\\u001b[31m'); export default '\\uD800'`],
    ['exception', `Deno.exit(7)`],
    ['exception', `await new Promise(() => {})`],
    ['exception', `this is no program`],
    ['success', `JSON.stringify = () => 'patched'; Promise.prototype.then = undefined; Object.prototype.toJSON = () => 'mine'; export default 1`],
  ],
  python: [
    ['exception', `class E(Exception):\n    code = 'c' * 100000\n    quota_remaining = {'rounds': 'many'}\nraise E('x' * 1000000)`],
    ['exception', `class E(BaseException):\n    def __str__(self): raise ValueError()\nraise E()`],
    ['success', `ring = []\nring.append(ring)\nring`],
    ['success', `float('nan')`],
    ['exception', `import sys\nsys.exit(7)`],
  ],
};

test.each<Language>(['typescript', 'python'])('however a %s program ends, its result is the published shape and the next one runs', async (language) => {
  const world = await openWorld();
  for (const [end, code] of HOSTILE[language]) {
    const { success, error } = await world.run({ language, code });
    expect([code, success ? 'success' : `${error?.kind}: ${error?.message}`]).toEqual([code, expect.stringContaining(end)]);
  }
  const next = await world.run({ language, code: language === 'python' ? 'print("fine")' : 'console.log("fine")' });
  expect(next).toMatchObject({ success: true, output: 'fine\n' });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('no more programs run at once than the configuration says, and all have their turn', async () => {
  let [running, most] = [0, 0];
  const two = gate();
  const world = await openWorld({
    config: { runtime: { maxParallelExecutions: 2 } },
    script: async (_, ordinal) => {
      most = Math.max(most, ++running);
      if (ordinal === 2) two.open();
      await two.opened;
      running--;
      return { kind: 'answer' };
    },
  });
  const results = await Promise.all(Array.from({ length: 6 }, (_, n) => world.typescript(`console.log(await llm.ask('${n}'))`)));
  expect(results.map(({ output }) => output)).toEqual([0, 1, 2, 3, 4, 5].map((n) => `Echo: ${n}\n`));
  expect(most).toBe(2);
});

test('a program that goes on being refused is stopped before it fills the log, and the next one runs', { timeout: 120_000 }, async () => {
  const world = await openWorld();
  const result = await world.typescript(`
    const refused = async () => { for (;;) await llm.ask('x', { systemPrompt: 'no' }).catch(() => {}); };
    console.log('so far');
    await Promise.all(Array.from({ length: 50 }, refused));
  `);
  expect(result).toMatchObject({ success: false, output: 'so far\n', error: { kind: 'policy', code: 'too_many_refusals' } });
  const records = world.records();
  const lines = records.filter(({ kind }) => kind === 'sampling').length;
  expect(lines).toBeGreaterThanOrEqual(10_000);
  expect(lines).toBeLessThan(10_300);
  expect(records.at(-1)).toMatchObject({ kind: 'execution', errorCode: 'policy' });
  expect((await world.typescript('console.log(1)')).output).toBe('1\n');
});

test('an execution that is over leaves nothing in the ledger', async () => {
  const env = { HOME: freshFolder() };
  const config = configSchema.parse({ sampling: { enabled: true, provider: 'echo' }, runtime: { cacheDir: CACHE_DIR } });
  const gateway = openGateway(config, env, () => {});
  const parts = await assembleParts({ config, env, notify: () => {}, log: () => {}, gateway });
  const policy = settlePolicy({ language: 'typescript', code: 'await llm.ask("x"); await llm.ask("y")' }, config);
  const result = checked(await runExecution({ executionId: 'exec-ledger', policy, parts, signal: new AbortController().signal }));
  expect(result.samplingMetrics?.totalRounds).toBe(2);
  expect(await parts.limiter.usage('exec-ledger')).toMatchObject({ rounds: 0, tokens: 0 });
  await parts.close();
  await gateway.close();
});

test('an executor that ran nothing has opened nothing and closes at once', async () => {
  const executor = await createExecutor({}, { env: { HOME: '/nonexistent' } });
  await executor.close();
  await executor.close();
  await expect(executor.run({ language: 'typescript', code: '1' })).rejects.toMatchObject({ code: 'executor_closed' });
});

test('executeCode can be cancelled, and a broken configuration stops it', async () => {
  const env = { HOME: freshFolder() };
  const result = checked(await executeCode({ language: 'typescript', code: 'for (;;);', signal: AbortSignal.abort() }, { env }));
  expect(result.error?.kind).toBe('cancelled');
  await expect(executeCode({ language: 'typescript', code: '1' }, { env: { ...env, CODE_EXECUTOR_SAMPLING_ENABLED: 'maybe' } })).rejects.toMatchObject({ name: 'ExecutorError', code: 'config' });
});

test('a report says what works here without running anything', async () => {
  const world = await openWorld();
  const { ready, isolation, provider, checks } = await world.executor.report();
  expect({ ready, isolation, provider }).toEqual({ ready: true, isolation: 'process', provider: 'anthropic' });
  expect(checks.map(({ name }) => name)).toEqual(['deno', 'python', 'model', 'sampling', 'isolation', 'tools', 'audit log']);
  expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(JSON.stringify(checks)).not.toContain(world.api.apiKey);
  expect(world.records()).toEqual([]);
});
