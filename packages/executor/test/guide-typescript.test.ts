import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entriesServer, filesystemServer, freshFolder, openWorld } from './support.ts';

/** Answers by what is asked, each for 40 tokens in and 35 out. */
const answers = (table: Record<string, string>) => (request: { messages: { content: string }[] }) => ({
  kind: 'answer' as const,
  text: table[request.messages.at(-1)?.content ?? ''] ?? 'No answer was written for this question',
  usage: { input_tokens: 40, output_tokens: 35 },
});

test('use case 1: a file of the real filesystem server is analysed', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'complex.ts'), 'eval(input);\n');
  const world = await openWorld({
    config: { mcpServers: { filesystem: filesystemServer(folder) } },
    script: answers({ 'Analyze this code for security issues:\n\neval(input);\n': 'It evaluates its input.' }),
  });
  const result = await world.typescript(
    `
    // Analyze code and ask Claude for insights
    const code = await callMCPTool('mcp__filesystem__read_file', { path: './complex.ts' });
    const analysis = await llm.ask(\`Analyze this code for security issues:\\n\\n\${code}\`);
    console.log(analysis);
    `,
    { allowedTools: ['mcp__filesystem__read_file'] },
  );
  expect(result).toMatchObject({ success: true, output: 'It evaluates its input.\n', toolCalls: [{ tool: 'mcp__filesystem__read_file', calls: 1, errors: 0 }] });
});

test('use case 3: every file of a structured listing is summarised', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'data'));
  for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(folder, 'data', name), `text of ${name}`);
  const world = await openWorld({
    config: { mcpServers: { filesystem: entriesServer(folder) } },
    script: ({ messages }) => ({ kind: 'answer', text: `short form of <${messages[0]?.content}>` }),
  });
  const result = await world.typescript(
    `
    // Process each file with Claude
    const files = await callMCPTool('mcp__filesystem__list_directory', { path: './data' });
    for (const file of files.entries) {
      const content = await callMCPTool('mcp__filesystem__read_file', { path: file.path });
      const summary = await llm.ask(\`Summarize this document: \${content}\`);
      console.log(\`\${file.name}: \${summary}\`);
    }
    `,
    { allowedTools: ['mcp__filesystem__*'] },
  );
  expect(result.output).toBe(['a.txt', 'b.txt', 'c.txt'].map((name) => `${name}: short form of <Summarize this document: text of ${name}>\n`).join(''));
  expect(result.toolCalls.map(({ tool, calls }) => [tool, calls])).toEqual([
    ['mcp__filesystem__list_directory', 1],
    ['mcp__filesystem__read_file', 3],
  ]);
});

test('quick start: a question and a conversation, with every option', async () => {
  const world = await openWorld({ script: answers({ 'Explain SOLID principles in 3 sentences': 'Five principles.', 'Explain Singleton pattern': 'One instance.' }) });
  const result = await world.typescript(`
    // Simple query
    const answer = await llm.ask("Explain SOLID principles in 3 sentences");
    console.log(answer);
    // Multi-turn conversation
    const response = await llm.think({
      messages: [
        { role: "user", content: "What are design patterns?" },
        { role: "assistant", content: "Design patterns are..." },
        { role: "user", content: "Explain Singleton pattern" }
      ],
      model: "claude-sonnet-4-5", // Optional
      maxTokens: 1000, // Optional, defaults to 1000
      systemPrompt: "", // Optional, must be in allowlist
      stream: false // Optional
    });
    console.log(response);
  `);
  expect(result).toMatchObject({ success: true, output: 'Five principles.\nOne instance.\n' });
  expect(result.warnings).toEqual([{ code: 'model_alias', message: 'Model claude-sonnet-4-5 is no longer offered; claude-sonnet-5-5 was used' }]);
  expect(world.api.requests).toMatchObject([
    { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [{ role: 'user', content: 'Explain SOLID principles in 3 sentences' }] },
    {
      model: 'claude-sonnet-5-5',
      max_tokens: 1000,
      messages: [
        { role: 'user', content: 'What are design patterns?' },
        { role: 'assistant', content: 'Design patterns are...' },
        { role: 'user', content: 'Explain Singleton pattern' },
      ],
    },
  ]);
});

test('API reference: ask and think return the answer as text', async () => {
  const world = await openWorld({ script: answers({ 'What is the capital of France?': 'The capital of France is Paris.', 'What about 3+3?': '6' }) });
  const result = await world.typescript(`
    const answer = await llm.ask("What is the capital of France?");
    console.log(answer); // "The capital of France is Paris."
    const response = await llm.think({
      messages: [
        { role: "user", content: "What is 2+2?" },
        { role: "assistant", content: "4" },
        { role: "user", content: "What about 3+3?" }
      ],
      maxTokens: 500
    });
    console.log(response); // "6"
    export default [typeof answer, typeof response];
  `);
  expect(result).toMatchObject({ output: 'The capital of France is Paris.\n6\n', result: ['string', 'string'] });
  expect(world.api.requests[1]?.max_tokens).toBe(500);
});

test('API reference: a message may be text blocks, and its system text may be a message', async () => {
  const world = await openWorld();
  const result = await world.typescript(`
    interface LLMMessage {
      role: 'user' | 'assistant' | 'system';
      content: string | Array<{ type: string; text?: string }>;
    }
    const messages: LLMMessage[] = [
      { role: 'system', content: [{ type: 'text', text: 'You are a ' }, { type: 'text', text: 'helpful assistant' }] },
      { role: 'user', content: [{ type: 'text', text: 'one ' }, { type: 'text', text: 'two' }] },
    ];
    console.log(await llm.think({ messages }));
    console.log(await llm.think(messages, { maxTokens: 64 }));
    await llm.think({ messages: [{ role: 'user', content: [{ type: 'image' }] }] });
  `);
  expect(result.output).toBe('Echo: one two\nEcho: one two\n');
  expect(result.error).toMatchObject({ kind: 'exception', code: 'invalid_request' });
  const sent = { model: 'claude-sonnet-5-5', system: 'You are a helpful assistant', messages: [{ role: 'user', content: 'one two' }] };
  expect(world.api.requests).toMatchObject([{ ...sent, max_tokens: 1000 }, { ...sent, max_tokens: 64 }]);
});

test('FAQ: another model can be named, and an old name means its successor', async () => {
  const world = await openWorld({ script: answers({ hello: 'quickly' }) });
  const result = await world.typescript(`
    console.log(await llm.think({
      messages: [{ role: 'user', content: 'hello' }],
      model: "claude-3-5-haiku-20241022" // Faster, cheaper
    }));
    console.log(await llm.ask('hello', { model: 'claude-opus-5-5' }));
  `);
  expect(result.output).toBe('quickly\nquickly\n');
  expect(world.api.requests.map(({ model }) => model)).toEqual(['claude-haiku-5-5', 'claude-opus-5-5']);
  expect(result.warnings?.map(({ code }) => code)).toEqual(['model_alias']);
});

test('streaming gives the same text piece by piece, and ask returns it whole under stream: true', async () => {
  const world = await openWorld({ script: () => ({ kind: 'answer', pieces: ['one ', 'two ', 'three'] }) });
  const result = await world.typescript(`
    const pieces: string[] = [];
    for await (const text of llm.stream('count')) pieces.push(text);
    console.log(pieces.join(''));
    console.log(await llm.ask('count', { stream: true }));
    export default llm.budget();
  `);
  expect(result.output).toBe('one two three\none two three\n');
  expect(result.result).toEqual(result.samplingMetrics?.quotaRemaining);
});

test('optimisation: one call for three questions, fewer tokens, and a cache in the program', async () => {
  const world = await openWorld();
  const result = await world.typescript(`
    // FAST: 1 call with multiple questions
    const combined = await llm.ask(\`
      Answer these questions:
      1. What is 2+2?
      2. What is 3+3?
      3. What is 4+4?
    \`);
    await llm.ask("What is the capital of France?", { maxTokens: 100 });
    const cache = new Map();
    async function cachedAsk(prompt: string) {
      if (cache.has(prompt)) return cache.get(prompt);
      const response = await llm.ask(prompt);
      cache.set(prompt, response);
      return response;
    }
    console.log(await cachedAsk('again') === await cachedAsk('again'), combined.includes('4+4'));
  `);
  expect(result.output).toBe('true true\n');
  expect(world.api.requests.map(({ max_tokens }) => max_tokens)).toEqual([1000, 100, 1000]);
});
