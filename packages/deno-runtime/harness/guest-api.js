// The globals that a TypeScript program finds: llm, callMCPTool and the tool discovery calls.

import { BridgeError } from './bridge-client.js';

const invalid = (message) => new BridgeError(`Invalid request: ${message}`, 'invalid_request');

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Options of a call, without `stream`: a whole answer is returned either way. */
function withoutStream(options, what) {
  if (options === undefined || options === null) return {};
  if (!isObject(options)) throw invalid(`${what} must be an object`);
  const { stream: _, ...rest } = options;
  return rest;
}

function promptBody(prompt, options) {
  if (typeof prompt !== 'string') throw invalid(`prompt must be a string, got ${prompt === null ? 'null' : typeof prompt}`);
  return { ...withoutStream(options, 'options'), messages: [{ role: 'user', content: prompt }] };
}

function thinkBody(input, options) {
  if (Array.isArray(input)) return { ...withoutStream(options, 'options'), messages: input };
  return { ...withoutStream(input, 'options'), ...withoutStream(options, 'options') };
}

/** Builds the guest interface on a bridge client. */
export function createGuestApi(client) {
  const llm = {
    ask: async (prompt, options) => (await client.sample(promptBody(prompt, options))).response,
    think: async (input, options) => (await client.sample(thinkBody(input, options))).response,
    stream: (input, options) =>
      client.stream(typeof input === 'string' ? promptBody(input, options) : thinkBody(input, options)),
    budget: () => client.budget(),
  };
  const callMCPTool = async (name, args = {}) => {
    if (typeof name !== 'string') throw invalid('the tool name must be a string');
    if (!isObject(args)) throw invalid(`the arguments of ${name} must be an object`);
    return client.callTool(name, args);
  };
  const discoverMCPTools = async (options = {}) => client.listTools(options?.search);
  const searchTools = async (query, limit = 10) => (await client.listTools(String(query))).slice(0, limit);
  const getToolSchema = async (name) => {
    const tool = (await client.listTools()).find((candidate) => candidate.name === name);
    if (!tool) throw new BridgeError(`Tool not allowed: ${name}`, 'tool_not_allowed');
    return tool;
  };
  return { llm: Object.freeze(llm), callMCPTool, discoverMCPTools, searchTools, getToolSchema };
}

/** Puts the interface where the program finds it, for good. */
export function installGlobals(api) {
  for (const [name, value] of Object.entries(api)) {
    Object.defineProperty(globalThis, name, { value, enumerable: true, writable: false, configurable: false });
  }
}
