import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bridge, createEchoProvider, type Session, startBridge } from '../src/index.ts';
import { ask } from './harness.ts';
import { rawConnect, rawRequest, requestText } from './raw.ts';

const QUESTION = JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] });

describe('the HTTP surface', () => {
  let bridge: Bridge;
  let session: Session;
  let auth: { Authorization: string };

  beforeEach(async () => {
    bridge = await startBridge({ provider: createEchoProvider(), maxPromptBytes: 1024, maxBodyBytes: 1024 });
    session = bridge.openSession({ executionId: 'http' });
    auth = { Authorization: `Bearer ${session.token}` };
  });
  afterEach(() => bridge.close());

  const send = (options: Parameters<typeof requestText>[1]): ReturnType<typeof rawRequest> => rawRequest(bridge.port, requestText(bridge.port, options));

  it('answers a well-formed request', async () => {
    const reply = await send({ headers: auth, body: QUESTION });
    expect(reply.status).toBe(200);
    expect(reply.head).toMatch(/content-type: application\/json; charset=utf-8/i);
  });

  it('answers for its own Host only, whatever else is right', async () => {
    for (const host of ['localhost', `localhost:${bridge.port}`, '127.0.0.1', `127.0.0.1:${bridge.port}.`, 'evil.example', `127.0.0.1:${bridge.port + 1}`, '', undefined]) {
      const reply = await send({ headers: { ...auth, Host: host }, body: QUESTION });
      expect([reply.status, reply.body.code]).toEqual([421, 'wrong_host']);
    }
  });

  it('refuses two Host headers', async () => {
    const reply = await rawRequest(bridge.port, requestText(bridge.port, { headers: auth, body: QUESTION }).replace('\r\n', `\r\nHost: 127.0.0.1:${bridge.port}\r\n`));
    expect([400, 421]).toContain(reply.status);
  });

  it('refuses any Origin, even our own', async () => {
    for (const origin of ['null', 'https://evil.example', bridge.url]) {
      const reply = await send({ headers: { ...auth, Origin: origin }, body: QUESTION });
      expect([reply.status, reply.body.code]).toEqual([403, 'origin_not_allowed']);
    }
  });

  it('knows four paths and one method for each', async () => {
    for (const path of ['/', '/x', '/sample/', '/sample/x', '/Sample', '//sample', '/tools/call/../call', '/constructor', '/__proto__', '/sample%00']) {
      expect([400, 404]).toContain((await send({ path, headers: auth })).status);
    }
    for (const [method, path] of [['GET', '/sample'], ['PUT', '/sample'], ['DELETE', '/tools'], ['POST', '/budget'], ['OPTIONS', '/sample'], ['PATCH', '/tools/call']] as const) {
      const reply = await send({ method, path, headers: auth });
      expect([reply.status, reply.body.code]).toEqual([405, 'method_not_allowed']);
      expect(reply.head).toMatch(/allow: (GET|POST)/i);
    }
  });

  it('wants the token, exactly', async () => {
    const { token } = session;
    const wrong = [undefined, '', 'Bearer', 'Bearer ', `Basic ${token}`, token, `Bearer ${token.slice(1)}`, `Bearer ${token}A`, `Bearer  ${token}`, `Bearer ${'A'.repeat(43)}`];
    for (const Authorization of wrong) {
      const reply = await send({ headers: { Authorization }, body: QUESTION });
      expect([reply.status, reply.body]).toEqual([401, { error: 'Unauthorized', code: 'unauthorized' }]);
    }
  });

  it('checks in a fixed order: Host, Origin, path, method, token, body', async () => {
    const all = { method: 'GET', path: '/x', headers: { Host: 'evil', Origin: 'evil', Authorization: 'no', 'Content-Type': 'text/plain' }, body: '{' };
    const own = { ...all.headers, Host: `127.0.0.1:${bridge.port}` };
    expect((await send(all)).status).toBe(421);
    expect((await send({ ...all, headers: own })).status).toBe(403);
    const { Origin: _, ...noOrigin } = own;
    expect((await send({ ...all, headers: noOrigin })).status).toBe(404);
    expect((await send({ ...all, path: '/sample', headers: noOrigin })).status).toBe(405);
    expect((await send({ ...all, path: '/sample', method: 'POST', headers: noOrigin })).status).toBe(401);
    expect((await send({ ...all, path: '/sample', method: 'POST', headers: { ...noOrigin, ...auth } })).status).toBe(415);
    expect((await send({ path: '/sample', headers: auth, body: '{' })).status).toBe(400);
  });

  it('does not read the body of a request without a valid token', async () => {
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers: { 'Content-Length': String(300 * 1024 * 1024) } }));
    expect(await connection.until((text) => text.includes('Unauthorized'))).toContain('401');
    connection.socket.destroy();
  });

  it('refuses a body over the limit, by its declared length and by its real one', async () => {
    const declared = await send({ headers: { ...auth, 'Content-Length': '1025' }, body: '' });
    expect([declared.status, declared.body.code]).toEqual([413, 'body_too_large']);
    const chunked = await send({ headers: { ...auth, 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' }, body: `800\r\n${'x'.repeat(0x800)}\r\n0\r\n\r\n` });
    expect([chunked.status, chunked.body.code]).toEqual([413, 'body_too_large']);
  });

  it('refuses other content types, charsets and encodings', async () => {
    for (const headers of [{ 'Content-Type': 'text/plain' }, { 'Content-Type': undefined }, { 'Content-Type': 'application/json; charset=latin1' }, { 'Content-Encoding': 'gzip' }]) {
      const reply = await send({ headers: { ...auth, ...headers }, body: QUESTION });
      expect([reply.status, reply.body.code]).toEqual([415, 'unsupported_media_type']);
    }
    expect((await send({ headers: { ...auth, 'Content-Type': 'application/json; charset=UTF-8' }, body: QUESTION })).status).toBe(200);
  });

  it('refuses broken UTF-8 and broken JSON as 400, and keeps characters whole across chunk borders', async () => {
    const raw = Buffer.concat([Buffer.from(requestText(bridge.port, { headers: { ...auth, 'Content-Length': '3' } })), Buffer.from([0x22, 0xff, 0x22])]);
    expect((await rawRequest(bridge.port, raw)).body.error).toBe('Invalid request: the body is not valid UTF-8');
    expect((await send({ headers: auth, body: '{"messages":' })).body.code).toBe('invalid_request');
    const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: '漢字👍' }] }));
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers: { ...auth, 'Content-Length': String(body.length) } }));
    for (const byte of body) await new Promise((resolve) => connection.socket.write(Buffer.from([byte]), resolve));
    const text = await connection.until((received) => received.includes('usage'));
    expect(Buffer.from(text, 'latin1').toString('utf8')).toContain('漢字👍');
    connection.socket.destroy();
  });

  it('answers garbage, smuggling and oversized headers with JSON and closes', async () => {
    const cases: [string, number, string][] = [
      ['\x00\x01\x02garbage\r\n\r\n', 400, 'bad_http'],
      ['GET / HTTP/9.9\r\n\r\n', 400, 'bad_http'],
      [requestText(bridge.port, { headers: { ...auth, 'Transfer-Encoding': 'chunked' }, body: QUESTION }), 400, 'bad_http'],
      [requestText(bridge.port, { headers: { ...auth, 'Content-Length': '-1' } }), 400, 'bad_http'],
      [requestText(bridge.port, { headers: { ...auth, 'X-Long': 'x'.repeat(9_000) } }), 431, 'headers_too_large'],
      [requestText(bridge.port, { headers: { ...auth, Expect: 'miracles' } }), 417, 'expectation_failed'],
      ['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n', 405, 'method_not_allowed'],
      [requestText(bridge.port, { path: '\\\\evil\\x', headers: auth }), 400, 'bad_http'],
      [requestText(bridge.port, { path: 'http://evil.example/sample', headers: auth }), 400, 'bad_http'],
      [requestText(bridge.port, { method: 'OPTIONS', path: '*', headers: auth }), 400, 'bad_http'],
    ];
    for (const [bytes, status, code] of cases) {
      const reply = await rawRequest(bridge.port, bytes);
      expect([reply.status, reply.body.code]).toEqual([status, code]);
    }
    expect((await ask(bridge, session, 'still there?')).status).toBe(200);
  });

  it('takes a wish to change the protocol for nothing', async () => {
    const headers = { ...auth, Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
    expect((await send({ headers, body: QUESTION })).status).toBe(200);
  });

  it('sends 100 Continue only to a request that it will read', async () => {
    const headers = { ...auth, Expect: '100-continue', 'Content-Length': String(QUESTION.length) };
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers }));
    expect(await connection.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 100 Continue/);
    connection.socket.write(QUESTION);
    expect(await connection.until((text) => text.includes('usage'))).toContain('HTTP/1.1 200');
    connection.socket.destroy();
    expect((await send({ headers: { ...headers, Authorization: 'Bearer no' } })).status).toBe(401);
  });

  it('answers pipelined requests in order', async () => {
    const one = requestText(bridge.port, { headers: auth, body: QUESTION });
    const connection = await rawConnect(bridge.port, one + requestText(bridge.port, { method: 'GET', path: '/budget', headers: { ...auth, 'Content-Type': undefined } }) + one);
    const text = await connection.until((received) => received.split('HTTP/1.1 200').length === 4 && received.endsWith('}}'));
    expect(text.match(/"(response|budget)":/g)?.slice(0, 3)).toEqual(['"response":', '"budget":', '"budget":']);
    connection.socket.destroy();
  });

  it('answers garbage with 400 on a connection whose earlier request is answered', async () => {
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers: auth, body: QUESTION }));
    await connection.until((text) => text.endsWith('}}'));
    connection.socket.write('nonsense\r\n\r\n');
    expect(await connection.until((text) => text.includes('bad_http'))).toContain('HTTP/1.1 400');
    await connection.closed;
  });

  it('reads no more than it must of a body that it refused, and closes', async () => {
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers: { ...auth, 'Content-Length': String(1024 ** 3) } }));
    expect(await connection.until((text) => text.includes('body_too_large'))).toContain('HTTP/1.1 413');
    await connection.closed;
  });

  it('survives a client that ends in the middle of its body', async () => {
    const connection = await rawConnect(bridge.port, requestText(bridge.port, { headers: { ...auth, 'Content-Length': '500' } }));
    connection.socket.end();
    await connection.closed;
    expect((await ask(bridge, session, 'still there?')).status).toBe(200);
  });
});
