// The sandbox's side of the bridge's wire protocol. Holds no secret that the program may not know:
// the token is good for this execution's quota and tools alone.

/** An error that the bridge or the guest interface raises: `code` is stable, `message` is for people. */
export class BridgeError extends Error {
  constructor(message, code, quotaRemaining) {
    super(message);
    this.name = 'BridgeError';
    this.code = code;
    if (quotaRemaining !== undefined) this.quotaRemaining = quotaRemaining;
  }
}

/** ms that a look at the budget may take; the program waits for it. */
const BUDGET_MS = 2_000;

/** Whole exchanges that one program has open at a time, well within its budget of connections; the rest wait in order. */
const MOST_IN_FLIGHT = 64;

const DISABLED = 'Sampling not enabled. Pass enableSampling: true';

const unreadable = () => new BridgeError('Bridge sent an unreadable answer', 'bridge_unreachable');

function eventData(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable();
  }
}

/** A function that runs work in turn, so many at a time. Only for work that ends by itself. */
function createTurns(places) {
  let free = places;
  const waiting = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** A client for one execution; without a bridge every call fails as the bridge itself would answer. */
export function createBridgeClient(bridge, fetch = globalThis.fetch) {
  const inTurn = createTurns(MOST_IN_FLIGHT);
  let budget = { sequence: -1, rounds: 0, tokens: 0, ...bridge?.budget };

  const remember = (next) => {
    if (next && next.sequence > budget.sequence) budget = next;
  };

  async function request(method, path, body, signal) {
    let response;
    try {
      response = await fetch(bridge.url + path, {
        method,
        signal,
        headers: { authorization: `Bearer ${bridge.token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new BridgeError(`Bridge not reachable: ${error?.message ?? error}`, 'bridge_unreachable');
    }
    if (!response.ok) throw await failure(response);
    return response;
  }

  async function failure(response) {
    let answer;
    try {
      answer = await response.json();
    } catch {
      // No word of the bridge's.
    }
    if (typeof answer?.error !== 'string') return new BridgeError(`Bridge answered ${response.status}`, 'bridge_unreachable');
    remember(answer.budget);
    return new BridgeError(answer.error, answer.code, answer.quotaRemaining);
  }

  async function answerOf(response) {
    try {
      return await response.json();
    } catch {
      throw unreadable();
    }
  }

  async function refresh() {
    try {
      const soon = AbortSignal.timeout(BUDGET_MS);
      remember((await (await request('GET', '/budget', undefined, soon)).json()).budget);
    } catch {
      // The newest known state stands.
    }
  }

  return {
    /** One whole answer. */
    async sample(body) {
      if (!bridge) throw new BridgeError(DISABLED, 'sampling_disabled');
      const answer = await inTurn(async () => answerOf(await request('POST', '/sample', body)));
      remember(answer.budget);
      return answer;
    },

    /** The answer piece by piece; leaving the loop aborts the request, and the bridge the model call. */
    async *stream(body) {
      if (!bridge) throw new BridgeError(DISABLED, 'sampling_disabled');
      const aborter = new AbortController();
      let over = false;
      try {
        const response = await request('POST', '/sample', { ...body, stream: true }, aborter.signal);
        for await (const { event, data } of serverSentEvents(response.body)) {
          const message = eventData(data);
          if (event === 'delta') yield message.text;
          else if (event === 'done') {
            over = true;
            return remember(message.budget);
          } else if (event === 'error') {
            over = true;
            remember(message.budget);
            throw new BridgeError(message.error, message.code, message.quotaRemaining);
          }
        }
        throw new BridgeError('Bridge closed the stream before its end', 'bridge_unreachable');
      } finally {
        aborter.abort();
        // A loop that was left got no last event: what it cost, or still holds, is asked for.
        if (!over) await refresh();
      }
    },

    async callTool(name, args) {
      if (!bridge) throw new BridgeError(`Tool not allowed: ${name}`, 'tool_not_allowed');
      const call = async () => answerOf(await request('POST', '/tools/call', { name, arguments: args }));
      return (await inTurn(call)).result;
    },

    async listTools(query) {
      if (!bridge) return [];
      const path = query ? `/tools?q=${encodeURIComponent(query)}` : '/tools';
      return (await inTurn(async () => answerOf(await request('GET', path)))).tools;
    },

    /** What is left of this execution's budget, as the bridge last reported it. */
    budget() {
      const { sequence: _, ...rest } = budget;
      return rest;
    },
  };
}

/** Parses a server-sent event stream; a connection that breaks looks like one that ends early. */
async function* serverSentEvents(body) {
  let buffer = '';
  let fields = {};
  try {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (buffer + text).split('\n');
      buffer = lines.pop();
      for (const line of lines.map((whole) => whole.replace(/\r$/, ''))) {
        const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
        else if (name === 'event') fields.event = value;
        if (line !== '') continue;
        if (fields.data !== undefined) yield fields;
        fields = {};
      }
    }
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw new BridgeError(`Bridge not reachable: ${error?.message ?? error}`, 'bridge_unreachable');
  }
}
