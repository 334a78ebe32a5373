import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono/tiny';
import { BridgeError, toBridgeError } from '../errors.ts';
import { validateToken } from '../pipeline/step-1-token.ts';
import { sample } from '../pipeline/sample.ts';
import type { SessionState } from '../session/session.ts';
import type { TokenRegistry } from '../session/token.ts';
import { callTool } from '../tools/call-tool.ts';
import { listTools } from '../tools/list-tools.ts';
import { parseSampleRequest, parseToolCall } from '../wire/schema.ts';
import { checkRoute, ROUTES } from './admission.ts';
import { readJson } from './body.ts';
import type { Connections } from './connections.ts';
import { EventStream } from './event-stream.ts';
import { sendError, sendJson } from './reply.ts';

/** What a request carries through the routes. */
export interface AppEnv {
  Bindings: { incoming: IncomingMessage; outgoing: ServerResponse; expectsContinue: boolean };
  Variables: { session: SessionState };
}

/** Most characters of a search for tools. */
const MAX_QUERY = 1_000;

/** The routes, behind method, path and token. Replies are written to Node's response directly. */
export function createApp(sessions: TokenRegistry<SessionState>, connections: Connections): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(async (c, next) => {
    const { incoming, outgoing } = c.env;
    const refusal = checkRoute(c.req.path, incoming.method ?? '');
    if (refusal) {
      sendError(outgoing, refusal, refusal.code === 'method_not_allowed' ? { headers: { allow: ROUTES[c.req.path] ?? '' } } : {});
      return RESPONSE_ALREADY_SENT;
    }
    const session = validateToken(sessions, incoming.headers.authorization);
    const leave = connections.claim(incoming.socket, session);
    if (!leave) throw new BridgeError('too_many_connections', 'This session has too many requests in flight');
    c.set('session', session);
    await session.track(next()).finally(leave);
    return undefined;
  });

  app.post('/sample', async ({ env, var: { session } }) => {
    const stream = new EventStream(env.outgoing);
    try {
      const answer = await sample(session, {
        read: async (scope) => parseSampleRequest(await readJson(env, session, scope, session.options.maxPromptBytes)),
        client: connections.goneSignal(env.incoming.socket),
        sink: () => stream,
      });
      if (stream.opened) stream.done(answer);
      else sendJson(env.outgoing, 200, JSON.stringify(answer));
    } catch (error) {
      if (stream.opened) stream.fail(toBridgeError(error), session.wireBudget());
      else sendError(env.outgoing, toBridgeError(error), { budget: session.wireBudget() });
    }
    return RESPONSE_ALREADY_SENT;
  });

  app.post('/tools/call', async ({ env, var: { session } }) => {
    const read = async (scope: Parameters<typeof readJson>[2]): Promise<ReturnType<typeof parseToolCall>> => parseToolCall(await readJson(env, session, scope, session.options.maxBodyBytes));
    const result = await callTool(session, { read, client: connections.goneSignal(env.incoming.socket) });
    sendJson(env.outgoing, 200, `{"result":${result}}`);
    return RESPONSE_ALREADY_SENT;
  });

  app.get('/tools', async (c) => {
    const query = c.req.query('q');
    if (query !== undefined && query.length > MAX_QUERY) throw new BridgeError('invalid_request', `Invalid request: q must be at most ${MAX_QUERY} characters, got ${query.length}`);
    sendJson(c.env.outgoing, 200, `{"tools":${await listTools(c.var.session, query, connections.goneSignal(c.env.incoming.socket))}}`);
    return RESPONSE_ALREADY_SENT;
  });

  app.get('/budget', ({ env, var: { session } }) => {
    sendJson(env.outgoing, 200, JSON.stringify({ budget: session.wireBudget() }));
    return RESPONSE_ALREADY_SENT;
  });

  app.onError((error, c) => {
    const session = c.get('session') as SessionState | undefined;
    const refusal = toBridgeError(error);
    if (refusal.code === 'internal') session?.options.log(`http: ${String(refusal.cause)}`);
    sendError(c.env.outgoing, refusal, session ? { budget: session.wireBudget() } : {});
    return RESPONSE_ALREADY_SENT;
  });

  return app;
}
