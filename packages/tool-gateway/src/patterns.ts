import { NAME_PREFIX, parseToolName } from './names.ts';
import { kind, show } from './show.ts';

/** A compiled entry of an allow or deny list: one name, or every name that begins with `prefix`. */
export interface Pattern {
  readonly prefix: string;
  readonly exact: boolean;
}

/**
 * Compiles the entries of a list.
 *
 * @param entries `mcp__server__tool`, the same with a `*` at the end, or `*` alone.
 * @param where Name of the list, for the message.
 * @param fail Builds the error to throw from its message.
 * @throws what `fail` builds, for the first entry that is none of these.
 */
export function parsePatterns(entries: unknown, where: string, fail: (message: string) => Error): Pattern[] {
  if (!Array.isArray(entries)) throw fail(`${where} must be an array of tool names, but is ${kind(entries)}`);
  return entries.map((entry: unknown, index) => {
    const problem = typeof entry === 'string' ? findProblem(entry) : 'must be a string';
    if (problem !== undefined) throw fail(`${where}[${index}] ${show(entry)} ${problem}`);
    const text = entry as string;
    return text.endsWith('*') ? { prefix: text.slice(0, -1), exact: false } : { prefix: text, exact: true };
  });
}

function findProblem(entry: string): string | undefined {
  const star = entry.indexOf('*');
  if (star >= 0 && star < entry.length - 1) return 'has a "*" that is not its last character; only one at the end is understood';
  if (entry === '*') return undefined;
  if (!entry.startsWith(NAME_PREFIX)) return 'must begin with "mcp__": write mcp__server__tool, mcp__server__* or *';
  if (star < 0 && parseToolName(entry) === undefined) return 'names no tool: write mcp__server__tool, or mcp__server__* for all tools of a server';
  return undefined;
}

/** Whether the pattern names this tool. */
export function matches(pattern: Pattern, name: string): boolean {
  return pattern.exact ? name === pattern.prefix : name.startsWith(pattern.prefix);
}

/** The names that both patterns match, as a pattern; undefined where there are none. */
export function intersect(a: Pattern, b: Pattern): Pattern | undefined {
  const [longer, shorter] = a.prefix.length > b.prefix.length || (a.prefix.length === b.prefix.length && a.exact) ? [a, b] : [b, a];
  return matches(shorter, longer.prefix) ? longer : undefined;
}
