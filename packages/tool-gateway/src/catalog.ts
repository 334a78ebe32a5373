import { isUsableToolName, toolName } from './names.ts';
import { inspect } from './inspect.ts';
import { isRecord, show } from './show.ts';
import type { ToolDescription } from './types.ts';

/** A tool as its server describes it. */
export interface Tool {
  /** Its name at the server. */
  name: string;
  title: string;
  description: ToolDescription;
  /** Why it cannot be called; undefined where it can. */
  unusable: string | undefined;
}

/** Tools of one server by their own names. */
export type Catalog = ReadonlyMap<string, Tool>;

const MAX_PAGES = 1000;
const MAX_TOOLS = 10_000;
const MAX_DESCRIPTION_CHARS = 8192;
const MAX_SCHEMA = { maxChars: 256 * 1024, maxDepth: 64 };

/** Asks for the raw answer of one page; {@link readCatalog} judges each tool by itself. */
export type FetchPage = (cursor: string | undefined) => Promise<Record<string, unknown>>;

/**
 * Reads the whole list of a server, page by page. A tool that is malformed does not hide the others: it is left out
 * with a line in the log where it has no usable name, and marked `unusable` where only its schema is at fault.
 *
 * @throws what `fetchPage` throws.
 */
export async function readCatalog(server: string, fetchPage: FetchPage, log: (line: string) => void): Promise<Catalog> {
  const tools = new Map<string, Tool>();
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await fetchPage(cursor);
    for (const raw of Array.isArray(answer['tools']) ? answer['tools'] : []) {
      const tool = readTool(server, raw);
      if (tool === undefined || tools.has(tool.name)) log(`tool left out: ${tool ? `a second ${tool.name}` : show(isRecord(raw) ? raw['name'] : raw)}`);
      else if (tools.size < MAX_TOOLS) tools.set(tool.name, tool);
    }
    const next = answer['nextCursor'];
    if (typeof next !== 'string' || next === '') return tools;
    // A cursor that comes again would never end.
    if (seen.has(next) || tools.size >= MAX_TOOLS) break;
    seen.add(next);
    cursor = next;
  }
  log(`list of tools cut after ${tools.size}`);
  return tools;
}

function readTool(server: string, raw: unknown): Tool | undefined {
  if (!isRecord(raw) || !isUsableToolName(raw['name'])) return undefined;
  const { name } = raw;
  const input = isRecord(raw['inputSchema']) ? raw['inputSchema'] : undefined;
  const output = isRecord(raw['outputSchema']) ? raw['outputSchema'] : undefined;
  const title = typeof raw['title'] === 'string' ? raw['title'].slice(0, 200) : '';
  const text = typeof raw['description'] === 'string' ? raw['description'].slice(0, MAX_DESCRIPTION_CHARS) : title;
  const excess = input && inspect(input, MAX_SCHEMA);
  const execution = raw['execution'];
  const unusable =
    input === undefined
      ? 'its server declares no input schema for it'
      : excess !== undefined
        ? `its input schema is ${excess}`
        : isRecord(execution) && execution['taskSupport'] === 'required'
          ? 'it can only be run as a task, which is not supported'
          : undefined;
  const description: ToolDescription = { name: toolName(server, name), description: text, inputSchema: unusable === undefined && input ? freeze(input) : {} };
  // Programs only read this one: without it the tool is as good as before.
  if (output && inspect(output, MAX_SCHEMA) === undefined) description.outputSchema = freeze(output);
  return { name, title, description: Object.freeze(description), unusable };
}

/** Freezes a schema all through: executions share it. Its depth is bounded by then. */
function freeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) freeze(child);
  return Object.freeze(value);
}
