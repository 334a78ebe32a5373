import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isHostId, isPlainName } from './names.ts';

it.each([
  'claude-sonnet-5-5',
  'claude-3-5-sonnet-20241022',
  'gpt-4o-mini-2024-07-18',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'meta-llama/Llama-3.3-70B-Instruct',
  'qwen2.5-coder:32b-instruct-q4_K_M',
  '@cf/meta/llama-3.1-8b-instruct',
  'echo',
  'mcp__filesystem__read_file',
  'mcp__github__createPullRequestReviewComment',
  'mcp__code-executor__executeTypescript',
  'rate_limited',
  'openai_key',
])('%s is a name', (name) => expect(isPlainName(name)).toBe(true));

it.each([
  '',
  'two words',
  'a@b.example',
  'line\nbreak',
  'ключ',
  '123-45-6789',
  'ssn-123-45-6789',
  'call-555-123-4567',
  'card-4111-1111-1111-1111',
  'x'.repeat(97),
  'b3b0c44298fc1c149afbf4c8996fb924',
  'heroku-1f2e3d4c-5b6a-7980-abcd-ef0123456789',
])('%j is stored as its hash', (name) => expect(isPlainName(name)).toBe(false));

it('no random credential passes for a name', () => {
  const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
  const random = (length: number) => fc.string({ unit: fc.constantFrom(...characters), minLength: length, maxLength: length + 20 });
  const parts = ['sk', 'ant'];
  const token = fc.oneof(
    random(32).map((tail) => `${parts.join('-')}-${tail}`),
    random(36).map((tail) => `gh${'p'}_${tail}`),
    random(16).map((tail) => `AK${'IA'}${tail.toUpperCase()}`),
    fc.tuple(random(20), random(40), random(30)).map(([a, b, c]) => `ey${'J'}${a}.ey${'J'}${b}.${c}`),
    random(40),
  );
  fc.assert(fc.property(token, (value) => !isPlainName(value)), { seed: 20_265, numRuns: 2_000 });
  expect(isPlainName('sk-live')).toBe(false);
});

it('ids of the host are letters, digits and four marks', () => {
  for (const id of ['exec-123', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '6f1c2a9e-5f61-4b0e-9d1c-2f2d5a1b7c3d', 'a:b.c_d']) expect(isHostId(id)).toBe(true);
  for (const id of ['', 'a b', '-x', 'x'.repeat(129), 'a"b', 'a\n']) expect(isHostId(id)).toBe(false);
});
