// What Python sees of the bridge: functions that take and give JSON text, so that no JavaScript object crosses over.

const { parse, stringify } = JSON;

/** Wraps a bridge client; every answer is `{"value": …}` or `{"error": {message, code, quotaRemaining}}`. */
export function createPort(client) {
  const answer = async (work) => {
    try {
      const value = await work();
      return stringify({ value: value === undefined ? null : value });
    } catch ({ message, code, quotaRemaining }) {
      return stringify({ error: { message, code, quotaRemaining } });
    }
  };
  return {
    sample: (body) => answer(async () => (await client.sample(parse(body))).response),
    callTool: (name, args) => answer(() => client.callTool(name, parse(args))),
    listTools: (query) => answer(() => client.listTools(query)),
    budget: () => stringify(client.budget()),
    openStream(body) {
      const pieces = client.stream(parse(body));
      return {
        /** The next piece of text, or null at the end. */
        next: () => answer(async () => (await pieces.next()).value),
        close: () => void pieces.return().catch(() => {}),
      };
    },
  };
}
