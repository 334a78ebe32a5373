import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeAnthropic } from '@code-executor/fake-anthropic';
import { createExecutor } from '../src/index.ts';
import { it } from 'vitest';
it('x', async () => {
  const home = mkdtempSync(join(tmpdir(), 'x-'));
  const api = await startFakeAnthropic();
  const ex = await createExecutor({ runtime: { cacheDir: '/work/main/node_modules/.cache/code-executor-test' } }, { env: { HOME: home, PATH: process.env.PATH, ANTHROPIC_API_KEY: api.apiKey, ANTHROPIC_BASE_URL: api.url }, log: (l) => console.error(l) });
  console.error(JSON.stringify(await ex.run({ language: 'typescript', code: 'console.log(await llm.ask("hi")); export default llm.budget()', enableSampling: true }), null, 1));
  const t = Date.now();
  console.error(JSON.stringify(await ex.run({ language: 'python', code: 'print(await llm.ask("hi"))\nllm.budget()', enableSampling: true }), null, 1), Date.now() - t);
  await ex.close();
  await api.close();
}, 120000);
