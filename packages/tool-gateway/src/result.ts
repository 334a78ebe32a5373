import { isRecord } from './show.ts';

/** A tool's raw result, taken apart. */
export interface ToolOutcome {
  /** The tool says that it failed. */
  isError: boolean;
  /** What the program gets. */
  value: unknown;
  /** Its text, for an error. */
  text: string;
}

/**
 * Unwraps a result as programs see it: the `structuredContent`, unless it is absent or only repeats the text under a
 * single key; then the text of the blocks, joined by line feeds. An embedded text resource counts as text. Blocks
 * without any text (images, audio, links) are handed on as they are, as an array.
 */
export function unwrapResult(raw: Readonly<Record<string, unknown>>): ToolOutcome {
  const blocks: unknown[] = Array.isArray(raw['content']) ? raw['content'] : [];
  const texts = blocks.flatMap((block) => textOf(block) ?? []);
  const text = texts.join('\n');
  const structured = raw['structuredContent'] ?? undefined;
  const isError = raw['isError'] === true;
  if (structured !== undefined && !repeats(structured, texts)) return { isError, value: structured, text: text === '' && isError ? JSON.stringify(structured) : text };
  return { isError, value: texts.length === 0 && blocks.length > 0 ? blocks : text, text };
}

/** Whether an object says the text once more under its one key. Some servers join blocks without a line feed. */
function repeats(structured: unknown, texts: readonly string[]): boolean {
  if (texts.length === 0 || !isRecord(structured)) return false;
  const [only, ...more] = Object.values(structured);
  return more.length === 0 && (only === texts.join('\n') || only === texts.join(''));
}

function textOf(block: unknown): string | undefined {
  if (!isRecord(block)) return undefined;
  if (block['type'] === 'text') return typeof block['text'] === 'string' ? block['text'] : undefined;
  const resource = block['type'] === 'resource' ? block['resource'] : undefined;
  return isRecord(resource) && typeof resource['text'] === 'string' ? resource['text'] : undefined;
}
