import type { Language } from '@code-executor/executor';

/** Titles of the tools, for people. */
export const TITLES: Readonly<Record<Language, string>> = {
  typescript: 'Run TypeScript in a sandbox',
  python: 'Run Python in a sandbox',
};

const SHARED = `No files, environment, processes or network: only what the globals below reach.
Pass enableSampling: true to use llm, and allowedTools (for example ["mcp__filesystem__*"]) to call tools.
Each run is a fresh process: nothing is kept. Long work: raise timeoutMs.`;

const INTERFACES: Readonly<Record<Language, string>> = {
  typescript: `Runs a TypeScript program (Deno, top-level await) in a locked, single-use process.
Output is what console.log prints; \`export default value\` becomes the result.
${SHARED}
Globals:
- await llm.ask(prompt, {systemPrompt?, maxTokens?, model?}): string
- await llm.think({messages: [{role, content}], model?, maxTokens?, systemPrompt?}): string
- for await (const text of llm.stream(prompt)) …; llm.budget(): {rounds, tokens} left
- await callMCPTool("mcp__server__tool", args): the tool's result
- await discoverMCPTools({search?}), searchTools(query, limit?), getToolSchema(name)
Errors carry a stable \`code\`, for example rate_limited or tool_not_allowed.`,
  python: `Runs a Python 3 program (Pyodide, standard library, top-level await) in a locked, single-use process.
Output is what print prints; the last expression's value becomes the result.
${SHARED}
Globals:
- await llm.ask(prompt, system_prompt='', max_tokens=1000, model=None) -> str
- await llm.think([{"role": …, "content": …}], model=None, max_tokens=1000, system_prompt='') -> str
- async for text in llm.stream(prompt): …; llm.budget() -> {"rounds": …, "tokens": …} left
- await call_mcp_tool("mcp__server__tool", {…}) -> the tool's result
- await discover_mcp_tools(search=None), search_tools(query, limit=10), get_tool_schema(name)
Errors are RuntimeErrors with a stable .code, for example rate_limited or tool_not_allowed.`,
};

/** What a model reads before it writes a program. */
export function describeTool(language: Language): string {
  return INTERFACES[language];
}
