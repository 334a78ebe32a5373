import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { entriesServer, FAKE, filesystemServer, freshFolder, openWorld, type World } from './support.ts';

const risks = '1. Injection 2. Broken authentication 3. XSS';
const table: Record<string, string> = {
  'What are the top 3 security risks in web apps?': risks,
  'How do I prevent XSS attacks?': 'Escape what you print.',
  'Explain SOLID principles in 3 sentences': 'Five principles.',
  'Explain Singleton pattern': 'One instance.',
  'What is the capital of France?': 'The capital of France is Paris.',
  'What about 3+3?': '6',
  'leak': `Here: ${FAKE.openaiKey()} and ${FAKE.email()}`,
};

const folder = freshFolder(false);
let world: World & AsyncDisposable;

beforeAll(async () => {
  mkdirSync(join(folder, 'data'));
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(folder, 'data', name), `text of ${name}`);
  world = await openWorld({
    endsWithTest: false,
    config: { mcpServers: { filesystem: filesystemServer(folder), structured: entriesServer(folder) } },
    script: ({ messages }) => {
      const asked = messages.at(-1)?.content ?? '';
      return { kind: 'answer', text: table[asked] ?? `short form of <${asked}>`, usage: { input_tokens: 40, output_tokens: 35 } };
    },
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('use case 2: the second question builds on the first answer', async () => {
  const result = await world.python(`
# Python example: Multi-turn conversation
response1 = await llm.think([
    {"role": "user", "content": "What are the top 3 security risks in web apps?"}
])
print(response1)

# Follow-up question
response2 = await llm.think([
    {"role": "user", "content": "What are the top 3 security risks in web apps?"},
    {"role": "assistant", "content": response1},
    {"role": "user", "content": "How do I prevent XSS attacks?"}
])
print(response2)
`);
  expect(result).toMatchObject({ success: true, output: `${risks}\nEscape what you print.\n` });
  expect(result.samplingMetrics).toMatchObject({ totalRounds: 2, totalTokens: 150, averageTokensPerRound: 75, quotaRemaining: { rounds: 8, tokens: 9850 } });
  expect(world.api.requests.at(-1)?.messages[1]).toEqual({ role: 'assistant', content: risks });
});

test('quick start and API reference: every call and option in one program', async () => {
  const result = await world.python(`
# Simple query
answer = await llm.ask("Explain SOLID principles in 3 sentences")
print(answer)

# Multi-turn conversation
response = await llm.think(
    messages=[
        {"role": "user", "content": "What are design patterns?"},
        {"role": "assistant", "content": "Design patterns are..."},
        {"role": "user", "content": "Explain Singleton pattern"}
    ],
    model="claude-sonnet-4-5",  # Optional
    max_tokens=1000,  # Optional (snake_case for Python)
    system_prompt="",  # Optional
    stream=False
)
print(response)

answer = await llm.ask("What is the capital of France?")
print(answer)  # "The capital of France is Paris."

response = await llm.think(
    messages=[
        {"role": "user", "content": "What is 2+2?"},
        {"role": "assistant", "content": "4"},
        {"role": "user", "content": "What about 3+3?"}
    ],
    max_tokens=500
)
print(response)  # "6"

print(await llm.ask("What about 3+3?", system_prompt="You are a helpful assistant", max_tokens=64, stream=True))
print("".join([text async for text in llm.stream("What about 3+3?")]))
print(await llm.ask("leak"))
llm.budget()
`);
  expect(result.output).toBe(
    'Five principles.\nOne instance.\nThe capital of France is Paris.\n6\n6\n6\nHere: [REDACTED_SECRET] and [REDACTED_PII]\n',
  );
  expect(result.result).toEqual({ rounds: 3, tokens: 10000 - 7 * 75 });
  expect(result.samplingMetrics?.quotaRemaining).toEqual(result.result);
  expect(result.warnings?.map(({ code }) => code)).toEqual(['model_alias']);
  expect(world.api.requests.slice(-7).map(({ max_tokens, system }) => [max_tokens, system])).toEqual([
    [1000, undefined], [1000, undefined], [1000, undefined], [500, undefined], [64, 'You are a helpful assistant'], [1000, undefined], [1000, undefined],
  ]);
});

test('use cases 1 and 3 in Python: files of the real server, and of a structured listing', async () => {
  const result = await world.python(
    `
listing = await call_mcp_tool('mcp__filesystem__list_directory', {'path': './data'})
print(listing)
files = await call_mcp_tool('mcp__structured__list_directory', {'path': './data'})
for file in files['entries']:
    content = await call_mcp_tool('mcp__filesystem__read_file', {'path': file['path']})
    summary = await llm.ask(f"Summarize this document: {content}")
    print(f"{file['name']}: {summary}")
print([tool['name'] for tool in await discover_mcp_tools(search='list_directory')][:2])
print((await get_tool_schema('mcp__structured__read_file'))['inputSchema']['required'])
try:
    await call_mcp_tool('mcp__filesystem__write_file', {'path': 'x', 'content': 'y'})
except RuntimeError as error:
    print(error, error.code)
`,
    { allowedTools: ['mcp__filesystem__read_file', 'mcp__filesystem__list_directory', 'mcp__structured__*'] },
  );
  expect(result.output.split('\n')).toEqual([
    '[FILE] a.txt',
    '[FILE] b.txt',
    'a.txt: short form of <Summarize this document: text of a.txt>',
    'b.txt: short form of <Summarize this document: text of b.txt>',
    expect.stringContaining('mcp__structured__list_directory'),
    "['path']",
    'Tool not allowed: mcp__filesystem__write_file tool_not_allowed',
    '',
  ]);
  expect(result.toolCalls.map(({ tool, calls, errors }) => [tool, calls, errors])).toEqual([
    ['mcp__filesystem__list_directory', 1, 0],
    ['mcp__structured__list_directory', 1, 0],
    ['mcp__filesystem__read_file', 2, 0],
    ['mcp__filesystem__write_file', 1, 1],
  ]);
});

test('every error is a RuntimeError with a code, and a program may go on after it', async () => {
  const result = await world.python(
    `
async def caught(work):
    try:
        await work
        print('nothing was raised')
    except RuntimeError as error:
        print(f"{error.code}|{error}|{error.quota_remaining}")

await caught(llm.ask("x", system_prompt="Custom prompt"))
await caught(llm.think([{"role": "system", "content": "Custom prompt"}, {"role": "user", "content": "x"}]))
await caught(llm.ask("x", model="gpt-9"))
await caught(llm.ask("x", max_tokens=0))
await caught(llm.ask("x", max_tokens=10001))
await caught(llm.ask(5))
await llm.ask("first")
await caught(llm.ask("second"))
`,
    { maxSamplingRounds: 1 },
  );
  expect(result.output.split('\n').map((line) => line.replace(/(Model not in allowlist: gpt-9\.).*\|/, '$1|'))).toEqual([
    'system_prompt|System prompt not in allowlist: Custom prompt|None',
    'system_prompt|System prompt not in allowlist: Custom prompt|None',
    'model|Model not in allowlist: gpt-9.|None',
    expect.stringMatching(/^invalid_request\|Invalid request: maxTokens must be a whole number from 1 to 10000, got 0\|None$/),
    expect.stringMatching(/^invalid_request\|Invalid request: maxTokens .*got 10001\|None$/),
    'invalid_request|Invalid request: prompt must be a string, got int|None',
    "rate_limited|Rate limit exceeded: 1/1 rounds used|{'rounds': 0, 'tokens': 9925}",
    '',
  ]);
  expect(result).toMatchObject({ success: true, samplingMetrics: { totalRounds: 1, totalTokens: 75 } });
});

test('an error that is not caught ends the program and keeps its code and quota', async () => {
  const result = await world.python('for _ in range(3):\n    await llm.ask("What is 2+2?")', { maxSamplingRounds: 2 });
  expect(result).toMatchObject({
    success: false,
    error: { kind: 'exception', code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 9850 } },
    samplingMetrics: { totalRounds: 2 },
  });
  expect(result.error?.message).toContain('Rate limit exceeded: 2/2 rounds used');
});
