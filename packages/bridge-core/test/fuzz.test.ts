import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEchoProvider, startBridge } from '../src/index.ts';
import { ask } from './harness.ts';
import { createLedger } from './ledger.ts';
import { rawConnect, requestText } from './raw.ts';

/** A change to the bytes of a well-formed request. */
type Mutation = { kind: 'cut' | 'flip' | 'insert' | 'repeat'; at: number; bytes: Uint8Array };

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('cut', 'flip', 'insert', 'repeat'),
  at: fc.nat({ max: 400 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    fc.constantFrom('\r\n', '\r\n\r\n', '\0', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', ': ', '"', '{', '[[[[', '\\ud800', '1e999', '__proto__').map((text) => new TextEncoder().encode(text)),
  ),
});

function mutate(bytes: Buffer, { kind, at, bytes: with_ }: Mutation): Buffer {
  const index = at % (bytes.length + 1);
  const [head, tail] = [bytes.subarray(0, index), bytes.subarray(index)];
  if (kind === 'cut') return head;
  if (kind === 'insert') return Buffer.concat([head, with_, tail]);
  if (kind === 'repeat') return Buffer.concat([bytes, head, bytes]);
  return Buffer.concat([head, with_, tail.subarray(with_.length)]);
}

describe('hostile bytes', () => {
  it('are never answered with 500, never hold anything up, and never touch a session beside them', async () => {
    const bridge = await startBridge({ provider: createEchoProvider(), limiter: createLedger() });
    const healthy = bridge.openSession({ executionId: 'healthy', limits: { rounds: 1_000, tokens: 1_000_000 } });
    const attacked = bridge.openSession({ executionId: 'attacked', limits: { rounds: 3, tokens: 1_000 } });
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'hi 漢字' }], maxTokens: 5, model: 'claude-haiku-5-5', systemPrompt: '' });
    const whole = Buffer.from(requestText(bridge.port, { headers: { Authorization: `Bearer ${attacked.token}` }, body }));
    const rule = fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
      const { socket, received, closed } = await rawConnect(bridge.port, mutations.reduce(mutate, whole));
      // The half-close tells the server that no more will come, so that it need not wait for the rest.
      socket.end();
      await closed;
      expect(received()).not.toMatch(/HTTP\/1\.1 500|internal/);
    });
    await fc.assert(rule, { seed: 9, numRuns: 300 });
    expect((await ask(bridge, healthy, 'hi')).status).toBe(200);
    expect(healthy.metrics().totalRounds).toBe(1);
    expect(attacked.metrics().totalRounds).toBeLessThanOrEqual(3);
    await bridge.close();
  });
});
