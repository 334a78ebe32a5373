import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ERROR_STATUS } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('has an example that runs as it stands', async () => {
    const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const entry = new URL('../src/index.ts', import.meta.url).href;
    const body = stripTypeScriptTypes(code).replace(/import (\{.*\}) from '@code-executor\/bridge-core';/, `const $1 = await load(${JSON.stringify(entry)});`);
    const lines: unknown[][] = [];
    const run = new Function('load', 'console', `return (async () => {${body}})()`) as (load: (entry: string) => Promise<unknown>, console: object) => Promise<void>;
    await run(() => import('../src/index.ts'), { log: (...line: unknown[]) => lines.push(line) });
    expect(lines).toEqual([['[echo: an offline stand-in, not a real language model] You asked: What is 2+2?', 23, 1]]);
  });

  it('names only codes that exist', () => {
    const table = readme.slice(readme.indexOf('| step |'), readme.indexOf('Step 2 first'));
    const codes = [...table.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code).filter((code) => code !== 'reject');
    for (const code of codes) expect(ERROR_STATUS).toHaveProperty(code ?? '');
  });
});
