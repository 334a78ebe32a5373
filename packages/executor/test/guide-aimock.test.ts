import { LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import { openWorld, type World } from './support.ts';

/** A world whose API is played by a second, independent server. */
async function withMock(mock: LLMock): Promise<World> {
  await mock.start();
  onTestFinished(() => mock.stop());
  return openWorld({ env: { ANTHROPIC_BASE_URL: mock.url } });
}

test('a question is answered, and what the API reports is what is counted', async () => {
  const usage = { input_tokens: 40, output_tokens: 35 };
  const world = await withMock(new LLMock({ port: 0 }).onMessage('What is 2+2?', { content: 'The answer is 4', usage }));
  const result = await world.typescript('console.log(await llm.ask("What is 2+2?"))');
  expect(result).toMatchObject({ success: true, output: 'The answer is 4\n', samplingMetrics: { totalTokens: 75, quotaRemaining: { rounds: 9, tokens: 9925 } } });
});

test('a conversation and a stream arrive whole', async () => {
  const world = await withMock(
    new LLMock({ port: 0 }).onMessage('Explain Singleton pattern', { content: 'There is one instance, and one way to reach it.' }),
  );
  const result = await world.typescript(`
    const messages = [
      { role: "user", content: "What are design patterns?" },
      { role: "assistant", content: "Design patterns are..." },
      { role: "user", content: "Explain Singleton pattern" }
    ];
    console.log(await llm.think({ messages }));
    let streamed = '';
    for await (const text of llm.stream({ messages })) streamed += text;
    console.log(streamed);
  `);
  const line = 'There is one instance, and one way to reach it.\n';
  expect(result).toMatchObject({ success: true, output: line + line });
});

test('a Python program gets its answer from it too', async () => {
  const world = await withMock(new LLMock({ port: 0 }).onMessage('What is the capital of France?', { content: 'The capital of France is Paris.' }));
  const result = await world.python(`
answer = await llm.ask("What is the capital of France?")
print(answer)  # "The capital of France is Paris."
`);
  expect(result).toMatchObject({ success: true, output: 'The capital of France is Paris.\n', samplingMetrics: { totalRounds: 1 } });
});

test('an overloaded API is asked again within the one round', async () => {
  const mock = new LLMock({ port: 0 }).onMessage('hello', { content: 'at last' });
  mock.nextRequestError(529, { message: 'Overloaded', type: 'overloaded_error' });
  const world = await withMock(mock);
  const result = await world.typescript('console.log(await llm.ask("hello"))');
  expect(result).toMatchObject({ success: true, output: 'at last\n', samplingMetrics: { totalRounds: 1 } });
});
