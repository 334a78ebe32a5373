import { BridgeError } from '../errors.ts';
import type { FilterPort, Violation } from '../ports.ts';
import { merge, redactPaced } from '../pipeline/redact.ts';
import type { Pace } from '../session/pace.ts';
import type { CallScope } from '../session/scope.ts';
import { MAX_JSON_DEPTH } from '../wire/json-depth.ts';

/**
 * A tool's result as JSON text.
 *
 * @throws {BridgeError} `tool_error` where JSON cannot carry it: a cycle, a depth over 64, a function, a BigInt
 */
export function encodeResult(tool: string, result: unknown): string {
  let text: string | undefined;
  try {
    checkDepth(result, 1);
    text = JSON.stringify(result ?? null);
  } catch (error) {
    const why = error instanceof TooDeep ? `is nested deeper than ${MAX_JSON_DEPTH} levels` : 'cannot be written as JSON';
    throw new BridgeError('tool_error', `The result of ${tool} ${why}`, { cause: error });
  }
  if (text === undefined) throw new BridgeError('tool_error', `The result of ${tool} cannot be written as JSON`);
  return text;
}

/**
 * Redacts every string in a JSON value, keys included; numbers and structure stay.
 *
 * @throws {BridgeError} `filter_failed`, or the scope's own error where it ends first
 */
export async function filterJson(filter: FilterPort, value: unknown, pace: Pace, scope: CallScope): Promise<{ value: unknown; violations: Violation[] }> {
  const violations: Violation[] = [];
  const redact = async (text: string): Promise<string> => {
    const filtered = await redactPaced(filter, text, pace, scope);
    violations.push(...filtered.violations);
    return filtered.text;
  };
  const walk = async (node: unknown): Promise<unknown> => {
    if (typeof node === 'string') return redact(node);
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) {
      const items: unknown[] = [];
      for (const item of node) items.push(await walk(item));
      return items;
    }
    const entries = new Map<string, unknown>();
    for (const [key, child] of Object.entries(node)) entries.set(freeKey(entries, await redact(key)), await walk(child));
    return Object.fromEntries(entries);
  };
  const filtered = await walk(value);
  return { value: filtered, violations: merge(violations) };
}

class TooDeep extends Error {}

function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_JSON_DEPTH) throw new TooDeep();
  for (const child of Object.values(value)) checkDepth(child, depth + 1);
}

/** Two keys may become one by redaction; the second gets a number. */
function freeKey(taken: ReadonlyMap<string, unknown>, key: string): string {
  let free = key;
  for (let n = 2; taken.has(free); n++) free = `${key} (${n})`;
  return free;
}
