import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '@code-executor/deno-runtime';
import type { PyodideRuntime } from '../src/index.ts';
import { createTestRuntime, sendJson, SNAPSHOT_HOOK_MS, startTestBridge, type BridgeCall } from './support.ts';

const TOKEN = 'T'.repeat(43);
let runtime: PyodideRuntime;
beforeAll(async () => {
  runtime = createTestRuntime();
  await runtime.prepare();
}, SNAPSHOT_HOOK_MS);
afterAll(() => runtime.close());

async function runWithBridge(
  code: string,
  answer: Parameters<typeof startTestBridge>[0],
): Promise<{ run: RunResult; calls: BridgeCall[] }> {
  const bridge = await startTestBridge(answer);
  try {
    const budget = { rounds: 10, tokens: 10_000 };
    return { run: await runtime.run({ code, bridge: { url: bridge.url, token: TOKEN, budget } }), calls: bridge.calls };
  } finally {
    await bridge.close();
  }
}

describe('llm', () => {
  it('asks and thinks with the wire keys of the bridge, by position or by name, and knows what is left', async () => {
    const code = [
      'before = llm.budget()',
      'a = await llm.ask("Hi", "Be kind", 50, True, "m1")',
      'b = await llm.think(messages=[{"role": "user", "content": "x"}], model="m2", max_tokens=5, system_prompt="", stream=False)',
      'c = await llm.think([{"role": "user", "content": [{"type": "text", "text": "y"}]}])',
      '[before, a, b, c, llm.budget()]',
    ].join('\n');
    let sequence = 0;
    const { run, calls } = await runWithBridge(code, (_, response) => {
      sequence += 1;
      sendJson(response, 200, { response: `answer ${sequence}`, budget: { sequence, rounds: 10 - sequence, tokens: 100 } });
    });
    expect(run.result).toEqual([
      { rounds: 10, tokens: 10_000 },
      'answer 1',
      'answer 2',
      'answer 3',
      { rounds: 7, tokens: 100 },
    ]);
    expect(calls.map(({ body }) => body)).toEqual([
      { messages: [{ role: 'user', content: 'Hi' }], systemPrompt: 'Be kind', maxTokens: 50, model: 'm1' },
      { messages: [{ role: 'user', content: 'x' }], maxTokens: 5, model: 'm2' },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'y' }] }], maxTokens: 1000 },
    ]);
    expect(new Set(calls.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  it('streams piece by piece, and leaving the loop ends the request', async () => {
    const code = [
      'import asyncio',
      'whole = [text async for text in llm.stream("Hi", max_tokens=9)]',
      'async for text in llm.stream([{"role": "user", "content": "endless"}]):',
      '    break',
      'await llm.ask("was it closed?")',
      '# Python does not wait for what a left loop still does.',
      'while llm.budget()["rounds"] != 3: await asyncio.sleep(0.01)',
      '[whole, llm.budget()]',
    ].join('\n');
    const closed = Promise.withResolvers<void>();
    const { run, calls } = await runWithBridge(code, ({ path, body }, response) => {
      if (path === '/budget') return sendJson(response, 200, { budget: { sequence: 9, rounds: 3, tokens: 50 } });
      const text = JSON.stringify(body);
      if (text.includes('was it closed')) {
        void closed.promise.then(() => sendJson(response, 200, { response: 'yes' }));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: delta\ndata: {"text":"one "}\n\nevent: delta\ndata: {"text":"zwei ü"}\n\n');
      if (text.includes('endless')) response.on('close', () => closed.resolve());
      else response.end('event: done\ndata: {"response":"one zwei ü"}\n\n');
    });
    expect(run).toMatchObject({ success: true, result: [['one ', 'zwei ü'], { rounds: 3, tokens: 50 }] });
    expect(calls[0]?.body).toEqual({ messages: [{ role: 'user', content: 'Hi' }], maxTokens: 9, stream: true });
  });

  it('answers many calls at once', async () => {
    const code = 'import asyncio\nawait asyncio.gather(*(llm.ask(str(n)) for n in range(20)))';
    const { run } = await runWithBridge(code, ({ body }, response) => {
      const { messages } = body as { messages: { content: string }[] };
      sendJson(response, 200, { response: `re ${messages[0]?.content}` });
    });
    expect(run.result).toEqual(Array.from({ length: 20 }, (_, index) => `re ${index}`));
  });

  it('refuses wrong arguments before anything is sent, as Python or the bridge would', async () => {
    const code = [
      'seen = []',
      'for call in (lambda: llm.ask("x", temperature=1), lambda: llm.ask(), lambda: llm.ask(5), lambda: llm.think("x"),',
      '             lambda: llm.think([{1, 2}]), lambda: call_mcp_tool(5), lambda: call_mcp_tool("t", [1]),',
      '             lambda: llm.ask("x", max_tokens=float("nan"))):',
      '    try: await call()',
      '    except TypeError: seen.append("TypeError")',
      '    except RuntimeError as error: seen.append([error.code, str(error)])',
      'try: llm.ask = None',
      'except AttributeError as error: seen.append(str(error))',
      'seen',
    ].join('\n');
    const { run, calls } = await runWithBridge(code, (_, response) => sendJson(response, 200, { response: '' }));
    const invalid = (text: string): unknown => ['invalid_request', expect.stringMatching(`^Invalid request: ${text}`)];
    expect(run.result).toEqual([
      'TypeError',
      'TypeError',
      invalid('prompt must be a string, got int'),
      invalid('messages must be a list, got str'),
      invalid('the arguments must be JSON values'),
      invalid('the tool name must be a string, got int'),
      invalid('the arguments of t must be a dict, got list'),
      invalid('the arguments must be JSON values'),
      'llm.ask cannot be set',
    ]);
    expect(calls).toEqual([]);
  });
});

describe('an error of the bridge', () => {
  const refuse: Parameters<typeof startTestBridge>[0] = (_, response) =>
    sendJson(response, 429, {
      error: 'Rate limit exceeded: 10/10 rounds used',
      code: 'rate_limited',
      quotaRemaining: { rounds: 0, tokens: 5 },
    });

  it('is a RuntimeError with code and quota, for whole answers and for streams', async () => {
    const code = [
      'seen = []',
      'async def drain():',
      '    async for _ in llm.stream("x"): pass',
      'for call in (lambda: llm.ask("x"), drain, lambda: call_mcp_tool("t")):',
      '    try: await call()',
      '    except RuntimeError as e: seen.append([str(e), e.code, e.quota_remaining])',
      'seen',
    ].join('\n');
    const { run } = await runWithBridge(code, refuse);
    const expected = ['Rate limit exceeded: 10/10 rounds used', 'rate_limited', { rounds: 0, tokens: 5 }];
    expect(run.result).toEqual([expected, expected, expected]);
  });

  it("reaches the caller unchanged where nobody catches it, with the program's own line", async () => {
    const { run } = await runWithBridge('x = 1\nawait llm.ask("x")', refuse);
    expect(run.error).toMatchObject({
      kind: 'exception',
      message: 'Rate limit exceeded: 10/10 rounds used',
      code: 'rate_limited',
      quotaRemaining: { rounds: 0, tokens: 5 },
    });
    expect(run.error?.stack).toContain('File "user.py", line 2');
  });

  it('without a bridge says how to get one, and tools are not allowed', async () => {
    const code = [
      'seen = [await discover_mcp_tools()]',
      'for call in (lambda: llm.ask("x"), lambda: call_mcp_tool("mcp__a__b", {}), lambda: get_tool_schema("mcp__a__b")):',
      '    try: await call()',
      '    except RuntimeError as e: seen.append(str(e))',
      'seen',
    ].join('\n');
    expect((await runtime.run({ code })).result).toEqual([
      [],
      'Sampling not enabled. Pass enableSampling: true',
      'Tool not allowed: mcp__a__b',
      'Tool not allowed: mcp__a__b',
    ]);
  });
});

describe('tools', () => {
  it('are called, found and described in plain Python values', async () => {
    const code = [
      'value = await call_mcp_tool("mcp__s__t", {"path": "ä", "deep": {"n": [1, None]}})',
      'none = await call_mcp_tool("mcp__s__t")',
      'assert type(value) is dict and type(value["entries"]) is list and value["entries"][0]["name"] == "a"',
      'found = await discover_mcp_tools("x y")',
      '[value, none, found, await search_tools("t", 1), (await get_tool_schema("mcp__s__u"))["name"]]',
    ].join('\n');
    const tools = [{ name: 'mcp__s__t', inputSchema: {} }, { name: 'mcp__s__u', inputSchema: {} }];
    const { run, calls } = await runWithBridge(code, ({ path, body }, response) => {
      const { arguments: args } = (body ?? {}) as { arguments?: Record<string, unknown> };
      if (path !== '/tools/call') sendJson(response, 200, { tools });
      else sendJson(response, 200, { result: args?.['path'] === undefined ? null : { entries: [{ name: 'a' }], n: 1.5 } });
    });
    expect(run.error).toBeUndefined();
    expect(run.result).toEqual([{ entries: [{ name: 'a' }], n: 1.5 }, null, tools, [tools[0]], 'mcp__s__u']);
    expect(calls.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/tools/call', { name: 'mcp__s__t', arguments: { path: 'ä', deep: { n: [1, null] } } }],
      ['POST', '/tools/call', { name: 'mcp__s__t', arguments: {} }],
      ['GET', '/tools?q=x%20y', undefined],
      ['GET', '/tools?q=t', undefined],
      ['GET', '/tools', undefined],
    ]);
  });
});
