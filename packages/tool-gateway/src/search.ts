import type { Tool } from './catalog.ts';
import { isRecord } from './show.ts';

/** What a word counts, by where it is found: a whole word, and the beginning of one. */
const WEIGHTS = { name: [10, 6], title: [6, 4], description: [3, 1], parameters: [2, 1] } as const;
const MAX_QUERY_CHARS = 400;

/**
 * Orders tools: without a query by name, with one by how well name, title, description and parameters answer its words,
 * and tools that answer none are left out. The order is the same on every run.
 */
export function rank(tools: readonly Tool[], query: string | undefined): Tool[] {
  const byName = [...tools].sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
  const asked = query?.trim() ?? '';
  if (asked === '') return byName;
  const wanted = [...new Set(words(asked.slice(0, MAX_QUERY_CHARS)))];
  return byName
    .map((tool) => ({ tool, score: score(tool, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ tool }) => tool);
}

function score(tool: Tool, wanted: readonly string[]): number {
  const { name, description, inputSchema } = tool.description;
  const fields = {
    // Every name begins with mcp: it tells nothing.
    name: words(name).slice(1),
    title: words(tool.title),
    description: words(description),
    parameters: isRecord(inputSchema['properties']) ? words(Object.keys(inputSchema['properties']).join(' ')) : [],
  };
  let total = 0;
  for (const field of ['name', 'title', 'description', 'parameters'] as const) {
    const [whole, start] = WEIGHTS[field];
    for (const word of wanted) {
      if (fields[field].includes(word)) total += whole;
      else if (fields[field].some((found) => found.startsWith(word))) total += start;
    }
  }
  return total;
}

/** Words in lower case: `readTextFile`, `read_text_file` and `read text file` are the same three. */
function words(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
