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

const DISABLED = 'Sampling not enabled. Pass enableSampling: true';

/** A client for one execution; without a bridge every call fails as the bridge itself would answer. */
export function createBridgeClient(bridge, fetch = globalThis.fetch) {
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
    const text = await response.text();
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      return new BridgeError(`Bridge answered ${response.status}`, 'bridge_unreachable');
    }
    remember(answer.budget);
    return new BridgeError(answer.error, answer.code, answer.quotaRemaining);
  }

  return {
    /** One whole answer. */
    async sample(body) {
      if (!bridge) throw new BridgeError(DISABLED, 'sampling_disabled');
      const answer = await (await request('POST', '/sample', body)).json();
      remember(answer.budget);
      return answer;
    },

    /** The answer piece by piece; leaving the loop aborts the request, and the bridge the model call. */
    async *stream(body) {
      if (!bridge) throw new BridgeError(DISABLED, 'sampling_disabled');
      const aborter = new AbortController();
      try {
        const response = await request('POST', '/sample', { ...body, stream: true }, aborter.signal);
        for await (const { event, data } of serverSentEvents(response.body)) {
          const message = JSON.parse(data);
          if (event === 'delta') yield message.text;
          else if (event === 'done') return remember(message.budget);
          else if (event === 'error') {
            remember(message.budget);
            throw new BridgeError(message.error, message.code, message.quotaRemaining);
          }
        }
        throw new BridgeError('Bridge closed the stream before its end', 'bridge_unreachable');
      } finally {
        aborter.abort();
      }
    },

    async callTool(name, args) {
      if (!bridge) throw new BridgeError(`Tool not allowed: ${name}`, 'tool_not_allowed');
      const response = await request('POST', '/tools/call', { name, arguments: args });
      return (await response.json()).result;
    },

    async listTools(query) {
      if (!bridge) return [];
      const path = query ? `/tools?q=${encodeURIComponent(query)}` : '/tools';
      return (await (await request('GET', path)).json()).tools;
    },

    /** What is left of this execution's budget, as the bridge last reported it. */
    budget() {
      const { sequence: _, ...rest } = budget;
      return rest;
    },
  };
}

/** Parses a server-sent event stream. */
async function* serverSentEvents(body) {
  let buffer = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    buffer += text;
    let end;
    while ((end = buffer.indexOf('\n\n')) >= 0) {
      const fields = { event: 'message', data: '' };
      for (const line of buffer.slice(0, end).split('\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
      }
      buffer = buffer.slice(end + 2);
      yield fields;
    }
  }
}
