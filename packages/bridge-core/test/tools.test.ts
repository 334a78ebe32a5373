import { afterEach, describe, expect, it } from 'vitest';
import { type Bridge, type BridgeOptions, type Session, type SessionOptions, startBridge, type ToolPort } from '../src/index.ts';
import { deferred, memoryAudit, post, type Reply, wordFilter } from './harness.ts';

const failing = (code: string | undefined, message: string): ToolPort => ({
  call: async () => { throw Object.assign(new Error(message), code === undefined ? {} : { code }); },
  list: async () => { throw new Error(message); },
});
const returning = (value: unknown): ToolPort => ({ call: async () => value, list: async () => [{ name: 't', description: 'd', inputSchema: {} }] });

describe('tools', () => {
  let bridge: Bridge;
  let session: Session;
  const open = async (own: Partial<SessionOptions>, options: BridgeOptions = {}): Promise<void> => {
    bridge = await startBridge(options);
    session = bridge.openSession({ executionId: 'e', ...own });
  };
  const call = (name: string, args?: unknown): Promise<Reply> => post(bridge, session, '/tools/call', { name, ...(args === undefined ? {} : { arguments: args }) });
  const list = async (query: string): Promise<{ status: number; body: { tools?: unknown; code?: string } }> => {
    const response = await fetch(`${bridge.url}/tools${query}`, { headers: { authorization: `Bearer ${session.token}` } });
    return { status: response.status, body: (await response.json()) as { tools?: unknown; code?: string } };
  };
  afterEach(() => bridge.close());

  it('are called with name and arguments; the result comes back as it is', async () => {
    const seen: unknown[] = [];
    const audit = memoryAudit();
    await open({ tools: { call: async (name, args) => { seen.push([name, args]); return { entries: [1, null, 'x'] }; }, list: async () => [] } }, { audit });
    expect(await call('mcp__fs__list', { path: '.' })).toEqual({ status: 200, body: { result: { entries: [1, null, 'x'] } } });
    expect(seen).toEqual([['mcp__fs__list', { path: '.' }]]);
    expect(audit.entries).toMatchObject([{ kind: 'tool', executionId: 'e', tool: 'mcp__fs__list', arguments: '{"path":"."}', response: '{"entries":[1,null,"x"]}', status: 'success', contentViolations: [] }]);
    expect(session.toolCalls()).toMatchObject([{ tool: 'mcp__fs__list', calls: 1, errors: 0 }]);
  });

  it('are refused by name where the session has none', async () => {
    await open({});
    const reply = await call('mcp__x__y');
    expect([reply.status, reply.body.error, reply.body.code]).toEqual([403, 'Tool not allowed: mcp__x__y', 'tool_not_allowed']);
    expect(await list('')).toEqual({ status: 200, body: { tools: [] } });
  });

  it('are listed by query', async () => {
    const queries: unknown[] = [];
    await open({ tools: { ...returning(1), list: async (query) => { queries.push(query); return [{ name: 't', description: 'd', inputSchema: {} }]; } } });
    expect((await list('?q=read%20file')).body.tools).toEqual([{ name: 't', description: 'd', inputSchema: {} }]);
    await list('');
    expect(queries).toEqual(['read file', undefined]);
    expect((await list(`?q=${'x'.repeat(1_001)}`)).body.code).toBe('invalid_request');
  });

  it('are limited in number, exactly, however many calls come at once', async () => {
    let calls = 0;
    await open({ tools: { ...returning(1), call: async () => ++calls }, maxToolCalls: 5 });
    const replies = await Promise.all(Array.from({ length: 20 }, () => call('t')));
    expect(calls).toBe(5);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(15);
    expect(replies.find(({ status }) => status === 429)?.body).toMatchObject({ error: 'Tool call limit exceeded: 5/5 calls used', code: 'tool_limit' });
    expect(session.toolCalls()).toMatchObject([{ tool: 't', calls: 20, errors: 15 }]);
  });

  it('fail with the port\'s code and words, and with neither where the failure is not meant for user code', async () => {
    const cases: [string | undefined, number, string, string][] = [
      ['tool_not_allowed', 403, 'tool_not_allowed', 'words'],
      ['tool_not_found', 404, 'tool_not_found', 'words'],
      ['tool_arguments', 400, 'tool_arguments', 'words'],
      ['tool_error', 502, 'tool_error', 'words'],
      ['tool_timeout', 504, 'tool_timeout', 'words'],
      ['tool_unavailable', 503, 'tool_unavailable', 'words'],
      ['tool_result_too_large', 502, 'tool_result_too_large', 'words'],
      ['ENOENT', 502, 'tool_error', 'Tool failed: t'],
      [undefined, 502, 'tool_error', 'Tool failed: t'],
    ];
    for (const [given, status, code, error] of cases) {
      await open({ tools: failing(given, 'words') });
      const reply = await call('t');
      expect([reply.status, reply.body.code, reply.body.error]).toEqual([status, code, error]);
      expect((await list('')).body.code).toBe('tool_unavailable');
      await bridge.close();
    }
    await open({});
  });

  it('may return nothing, which is null, but nothing that JSON cannot carry', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    let deep: unknown = 1;
    for (let i = 0; i < 5_000; i++) deep = [deep];
    for (const [value, expected] of [[undefined, null], [null, null], ['text', 'text'], [[], []]] as const) {
      await open({ tools: returning(value) });
      expect((await call('t')).body.result).toEqual(expected);
      await bridge.close();
    }
    for (const value of [circle, deep, 10n, () => 1, Symbol('x'), { toJSON: () => { throw new Error('no'); } }]) {
      await open({ tools: returning(value) });
      expect((await call('t')).body).toMatchObject({ code: 'tool_error', error: expect.stringMatching(/^The result of t /) });
      await bridge.close();
    }
    await open({});
  });

  it('have their results filtered where the setting says so, keys included, structure kept', async () => {
    const value = { text: 'PERSON SECRET', list: ['SECRET', 1, null, true], SECRET: 1, nested: { PERSON: 'x', '[REDACTED_PII]': 'y' } };
    const audit = memoryAudit();
    await open({ tools: returning(value), filterToolResults: 'all' }, { filter: wordFilter(), audit });
    const filtered = { text: '[REDACTED_PII] [REDACTED_SECRET]', list: ['[REDACTED_SECRET]', 1, null, true], '[REDACTED_SECRET]': 1, nested: { '[REDACTED_PII]': 'x', '[REDACTED_PII] (2)': 'y' } };
    expect((await call('t')).body.result).toEqual(filtered);
    expect(audit.entries[0]?.contentViolations).toEqual([
      { type: 'secret', pattern: 'word_secret', count: 3, direction: 'response' },
      { type: 'pii', pattern: 'word_person', count: 2, direction: 'response' },
    ]);
    session = bridge.openSession({ executionId: 'off', tools: returning(value) });
    expect((await call('t')).body.result).toEqual(value);
    session = bridge.openSession({ executionId: 'error', tools: failing('tool_error', 'SECRET'), filterToolResults: 'secrets' });
    expect((await call('t')).body.error).toBe('[REDACTED_SECRET]');
  });

  it('give no result where the audit log does not keep the call', async () => {
    await open({ tools: returning('precious') }, { audit: { append: async () => { throw new Error('disk full'); } } });
    const reply = await call('t');
    expect([reply.status, reply.body.code, JSON.stringify(reply).includes('precious')]).toEqual([503, 'audit_unavailable', false]);
  });

  it('are stopped when the session ends, even where they ignore it', async () => {
    const started = deferred<AbortSignal>();
    await open({ tools: { ...returning(1), call: (_name, _args, { signal }) => { started.resolve(signal); return new Promise(() => undefined); } } });
    const running = call('t').catch(() => 'cut');
    const signal = await started.promise;
    await session.close();
    expect(signal.aborted).toBe(true);
    await running;
    expect(session.toolCalls()).toMatchObject([{ calls: 1, errors: 1 }]);
  });

  it('are named in the audit log as refused where no tool was reached, and keep their filtered names in the sums', async () => {
    const audit = memoryAudit();
    const cases: [Partial<SessionOptions>, string][] = [
      [{}, 'refused: a-SECRET'],
      [{ tools: failing('tool_not_allowed', 'x') }, 'refused: a-SECRET'],
      [{ tools: failing('tool_not_found', 'x') }, 'refused: a-SECRET'],
      [{ tools: failing('tool_arguments', 'x') }, 'refused: a-SECRET'],
      [{ tools: returning(1), maxToolCalls: 0 }, 'refused: a-SECRET'],
      [{ tools: failing('tool_error', 'x') }, 'a-SECRET'],
      [{ tools: returning(1) }, 'a-SECRET'],
    ];
    for (const [own, tool] of cases) {
      await open(own, { audit, filter: wordFilter() });
      await call('a-SECRET');
      expect(audit.entries.at(-1)).toMatchObject({ kind: 'tool', tool });
      expect(session.toolCalls()).toMatchObject([{ tool: 'a-[REDACTED_SECRET]', calls: 1 }]);
      await bridge.close();
    }
    await open({}, { audit });
    await call('not a name');
    expect(audit.entries.at(-1)).toMatchObject({ tool: 'unknown', errorCode: 'invalid_request' });
  });

  it('are refused with a form that is not theirs', async () => {
    await open({ tools: returning(1) });
    expect((await call('t', [])).body.error).toBe('Invalid request: arguments must be an object, got an array of 0');
    expect((await post(bridge, session, '/tools/call', { name: 't', extra: 1 })).body.error).toMatch(/^Invalid request: unknown key "extra"/);
  });
});
