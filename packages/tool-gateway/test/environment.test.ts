import { expect, test } from 'vitest';
import { fixture, open } from './fixtures/harness.ts';

test('a child gets a minimal environment and what its entry adds, and none of our keys', async () => {
  const key = ['sk', 'ant', 'x'.repeat(20)].join('-');
  const env = { PATH: process.env['PATH'], HOME: '/home/someone', ANTHROPIC_API_KEY: key, OPENAI_API_KEY: `${key}-2`, CODE_EXECUTOR_CONFIG: 'c.json', OTHER: 'value', TEAM: 'blue', LD_PRELOAD: 'x' };
  await using gateway = open({ fx: { ...fixture(), env: { MODE: 'team-${TEAM}', DEPTH: '${DEPTH:-3}' } } }, { env, secrets: [`${key}-3`] });
  const result = (await gateway.scope(['*']).call('mcp__fx__environment')) as { env: Record<string, string> };
  expect(result.env).toMatchObject({ HOME: '/home/someone', MODE: 'team-blue', DEPTH: '3' });
  // macOS adds __CF_USER_TEXT_ENCODING to every process by itself.
  expect(Object.keys(result.env).filter((name) => !name.startsWith('__')).sort()).toEqual(['DEPTH', 'HOME', 'MODE', 'PATH']);
  expect(JSON.stringify(result.env)).not.toContain(key);
});
