import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunResult } from '../src/index.ts';
import { runner, testRuntime } from './support.ts';
import { event, json, startWireServer, type WireServer } from './wire-server.ts';

const run = runner(testRuntime());
const token = 'token-of-this-run';
let wire: WireServer;
beforeAll(async () => (wire = await startWireServer()));
beforeEach(() => (wire.requests.length = 0));
afterAll(() => wire.close());

const bridged = (code: string, budget = { rounds: 3, tokens: 300 }): Promise<RunResult> =>
  run(code, { bridge: { url: wire.url, token, budget } });
const tools = [
  { name: 'mcp__fs__read', description: 'reads', inputSchema: { type: 'object' } },
  { name: 'mcp__fs__list', description: 'lists', inputSchema: {} },
];

describe('asking the model', () => {
  test('llm.ask sends the prompt with its options and gives the text', async () => {
    wire.answer = (_, response) => json(response, { response: 'four', budget: { sequence: 1, rounds: 2, tokens: 290 } });
    const { result } = await bridged(`export default [await llm.ask('2+2?', { systemPrompt: 's', maxTokens: 5, model: 'm', stream: true }), llm.budget()];`);
    expect(result).toEqual(['four', { rounds: 2, tokens: 290 }]);
    expect(wire.requests).toEqual([
      { method: 'POST', path: '/sample', authorization: `Bearer ${token}`, body: { systemPrompt: 's', maxTokens: 5, model: 'm', messages: [{ role: 'user', content: '2+2?' }] } },
    ]);
  });

  test('llm.think takes messages, or options that hold them', async () => {
    wire.answer = (_, response) => json(response, { response: 'ok' });
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'a' }] }, { role: 'assistant', content: 'b' }];
    await bridged(`const messages: any = ${JSON.stringify(messages)};\nawait llm.think(messages, { maxTokens: 7 }); await llm.think({ messages, model: 'm', stream: true });`);
    expect(wire.requests.map(({ body }) => body)).toEqual([{ maxTokens: 7, messages }, { messages, model: 'm' }]);
  });

  test('llm.stream gives piece after piece', async () => {
    wire.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      event(response, 'delta', { text: 'one\n' });
      response.write('event: del');
      response.write('ta\r\ndata: {"text":\r\ndata: "zwei ä"}\r\n\r\n: a comment\n\n');
      event(response, 'done', { response: 'one\nzwei ä', budget: { sequence: 9, rounds: 1, tokens: 1 } });
      response.end();
    };
    const { result } = await bridged(`const got: string[] = []; for await (const text of llm.stream('p', { maxTokens: 2 })) got.push(text);\nexport default [got, llm.budget()];`);
    expect(result).toEqual([['one\n', 'zwei ä'], { rounds: 1, tokens: 1 }]);
    expect(wire.requests[0]?.body).toEqual({ maxTokens: 2, stream: true, messages: [{ role: 'user', content: 'p' }] });
  });

  test('a thousand questions at once are asked, at most 64 of them at a time', async () => {
    let open = 0;
    let most = 0;
    wire.answer = (_, response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open -= 1;
        json(response, { response: 'ok' });
      });
    };
    const { result, error } = await bridged(`const all = await Promise.all(Array.from({ length: 1_000 }, () => llm.ask('p')));\nexport default all.length;`);
    expect(error).toBeUndefined();
    expect(result).toBe(1_000);
    expect(most).toBeLessThanOrEqual(64);
  });

  test('leaving the loop of llm.stream aborts the request', async () => {
    const gone = Promise.withResolvers<string>();
    wire.answer = ({ path }, response) => {
      if (path === '/budget') return void response.end('{"budget":{"sequence":9,"rounds":3,"tokens":50}}');
      response.on('close', () => gone.resolve('aborted'));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      event(response, 'delta', { text: 'first' });
    };
    const { result } = await bridged(`let got = ''; for await (const text of llm.stream('p')) { got = text; break }\nexport default [got, llm.budget()];`);
    expect(result).toEqual(['first', { rounds: 3, tokens: 50 }]);
    expect(await gone.promise).toBe('aborted');
  });

  test.for([
    ['an error event', 'event: error\ndata: {"error":"Sampling timed out after 5 ms","code":"timeout"}\n\n', 'Sampling timed out after 5 ms', 'timeout'],
    ['an early end', 'event: delta\ndata: {"text":"x"}\n\n', 'Bridge closed the stream before its end', 'bridge_unreachable'],
    ['an event that is no JSON', 'event: delta\ndata: {\n\n', 'Bridge sent an unreadable answer', 'bridge_unreachable'],
  ])('%s of a stream is an error with a code', async ([, events, message, code]) => {
    wire.answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events);
    const { error } = await bridged(`for await (const _ of llm.stream('p')) {}`);
    expect(error).toMatchObject({ kind: 'exception', message, code });
  });

  test('llm.budget keeps the newest report, whatever order answers arrive in', async () => {
    const order = [2, 3, 1];
    wire.answer = (_, response) => {
      const sequence = order.shift()!;
      json(response, { response: '', budget: { sequence, rounds: sequence, tokens: 0 } });
    };
    const { result } = await bridged(`const before = llm.budget(); for (const p of ['a', 'b', 'c']) await llm.ask(p);\nexport default [before, llm.budget()];`);
    expect(result).toEqual([{ rounds: 3, tokens: 300 }, { rounds: 3, tokens: 0 }]);
  });
});

describe('errors of the bridge', () => {
  test('keep message, code and what is left, caught or not', async () => {
    const body = { error: 'Rate limit exceeded: 10/10 rounds used', code: 'rate_limited', quotaRemaining: { rounds: 0, tokens: 9 }, budget: { sequence: 4, rounds: 0, tokens: 9 } };
    wire.answer = (_, response) => json(response, body, 429);
    const caught = await bridged(`try { await llm.ask('p') } catch (e: any) { console.log(JSON.stringify([e instanceof Error, e.name, e.message, e.code, e.quotaRemaining, llm.budget()])) }`);
    expect(JSON.parse(caught.output)).toEqual([true, 'BridgeError', body.error, body.code, body.quotaRemaining, { rounds: 0, tokens: 9 }]);
    const { error } = await bridged(`await llm.ask('p');`);
    expect(error).toMatchObject({ kind: 'exception', message: body.error, code: body.code, quotaRemaining: body.quotaRemaining });
    expect(error?.stack).toContain('user.ts:1:');
  });

  test.for([
    ['no JSON', 502, '<html>', 'Bridge answered 502'],
    ['null', 500, 'null', 'Bridge answered 500'],
    ['broken JSON of a good answer', 200, '{"resp', 'Bridge sent an unreadable answer'],
  ] as [string, number, string, string][])('%s is bridge_unreachable', async ([, status, text, message]) => {
    wire.answer = (_, response) => void response.writeHead(status).end(text);
    expect((await bridged(`await llm.ask('p');`)).error).toMatchObject({ message, code: 'bridge_unreachable' });
  });

  test('a bridge that is gone is bridge_unreachable', async () => {
    wire.answer = (_, response) => void response.destroy();
    expect((await bridged(`await llm.ask('p');`)).error).toMatchObject({ message: expect.stringMatching(/^Bridge not reachable: /) as string, code: 'bridge_unreachable' });
  });

  test.for([`llm.ask(5 as any)`, `llm.ask(null as any)`, `llm.ask('p', 'x' as any)`, `llm.think('x' as any)`, `callMCPTool(5 as any)`, `callMCPTool('mcp__a__b', [] as any)`])(
    '%s is refused before it is sent',
    async (call) => {
      const { error } = await bridged(`await ${call};`);
      expect(error).toMatchObject({ message: expect.stringMatching(/^Invalid request: /) as string, code: 'invalid_request' });
      expect(wire.requests).toEqual([]);
    },
  );
});

describe('tools', () => {
  test('callMCPTool gives the result', async () => {
    wire.answer = (_, response) => json(response, { result: { entries: [1] } });
    expect((await bridged(`export default [await callMCPTool('mcp__fs__list', { path: '/' }), await callMCPTool('mcp__fs__list')];`)).result).toEqual([{ entries: [1] }, { entries: [1] }]);
    expect(wire.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/tools/call', { name: 'mcp__fs__list', arguments: { path: '/' } }],
      ['/tools/call', { name: 'mcp__fs__list', arguments: {} }],
    ]);
  });

  test('discovery, search and schema ask for the list', async () => {
    wire.answer = (_, response) => json(response, { tools });
    const { result } = await bridged(`export default [await discoverMCPTools(), await discoverMCPTools({ search: 'a&b' }), await searchTools('read', 1), await getToolSchema('mcp__fs__list')];`);
    expect(result).toEqual([tools, tools, [tools[0]], tools[1]]);
    expect(wire.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /tools', 'GET /tools?q=a%26b', 'GET /tools?q=read', 'GET /tools']);
    expect((await bridged(`await getToolSchema('mcp__x__y')`)).error).toMatchObject({ message: 'Tool not allowed: mcp__x__y', code: 'tool_not_allowed' });
  });
});

describe('without a bridge', () => {
  test.for([
    [`await llm.ask('p')`, 'Sampling not enabled. Pass enableSampling: true', 'sampling_disabled'],
    [`await llm.think([{ role: 'user', content: 'p' }])`, 'Sampling not enabled. Pass enableSampling: true', 'sampling_disabled'],
    [`for await (const _ of llm.stream('p')) {}`, 'Sampling not enabled. Pass enableSampling: true', 'sampling_disabled'],
    [`await callMCPTool('mcp__x__y', {})`, 'Tool not allowed: mcp__x__y', 'tool_not_allowed'],
    [`await getToolSchema('mcp__x__y')`, 'Tool not allowed: mcp__x__y', 'tool_not_allowed'],
  ])('%s says so', async ([code, message, errorCode]) => {
    expect((await run(code!)).error).toMatchObject({ kind: 'exception', message, code: errorCode });
  });

  test('there are no tools and no budget', async () => {
    expect((await run(`export default [await discoverMCPTools(), await searchTools('x'), llm.budget()];`)).result).toEqual([[], [], { rounds: 0, tokens: 0 }]);
  });
});

test('the interface cannot be replaced, and the token stays out of what is printed by accident', async () => {
  const { output } = await bridged(`try { (globalThis as any).llm = 1 } catch (e) { console.log((e as Error).name) }\nconsole.log(llm, callMCPTool, Object.isFrozen(llm)); console.log(globalThis);`);
  expect(output).toMatch(/^TypeError\n/);
  expect(output).not.toContain(token);
});
