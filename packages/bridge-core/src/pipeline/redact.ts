import { BridgeError } from '../errors.ts';
import type { FilterPort, FilterStream, Violation } from '../ports.ts';
import type { Pace } from '../session/pace.ts';
import type { CallScope } from '../session/scope.ts';

/** Characters up to which a text is filtered in one go; longer ones go through the filter's stream. */
export const WHOLE_CHARACTERS = 65_536;
/** Characters of one piece of a longer text. */
export const SLICE_CHARACTERS = 32_768;

/** A filtered text and what was found in it. */
export interface Redacted {
  text: string;
  violations: Violation[];
}

/** `filter.redact`, its crash turned into `filter_failed`. */
export function redactWith(filter: FilterPort, text: string): Redacted {
  const { text: filtered, violations } = guarded(() => filter.redact(text));
  if (typeof filtered === 'string' && Array.isArray(violations)) return { text: filtered, violations };
  throw failed();
}

/**
 * The same for texts of any length: long ones in slices, between which the event loop gets its turn.
 * A filter whose stream does not count what it finds is asked for the whole text in one go.
 *
 * @throws {BridgeError} `filter_failed`, or the scope's own error where it ends first
 */
export async function redactPaced(filter: FilterPort, text: string, pace: Pace, scope?: CallScope): Promise<Redacted> {
  const stream = text.length > WHOLE_CHARACTERS ? guarded(() => filter.createStream()) : undefined;
  if (!stream?.violations) {
    await pace.take(text.length, scope);
    return redactWith(filter, text);
  }
  let shown = '';
  for (const slice of slicesOf(text)) {
    await pace.take(slice.length, scope);
    shown += asText(guarded(() => stream.write(slice)));
  }
  shown += asText(guarded(() => stream.end()));
  return { text: shown, violations: violationsOf(stream) };
}

/** A text in pieces of at most {@link SLICE_CHARACTERS} that split no character; a short text is one piece. */
export function* slicesOf(text: string): Generator<string> {
  if (text.length <= WHOLE_CHARACTERS) return yield text;
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + SLICE_CHARACTERS);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to--;
    yield text.slice(from, to);
    from = to;
  }
}

/** Runs a part of a filter; its crash is `filter_failed`. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failed(error);
  }
}

/** Sums counts of the same rule. */
export function merge(violations: readonly Violation[]): Violation[] {
  const sums = new Map<string, Violation>();
  for (const { type, pattern, count } of violations) {
    const key = `${type} ${pattern}`;
    const sum = sums.get(key);
    if (sum) sum.count += count;
    else sums.set(key, { type, pattern, count });
  }
  return [...sums.values()];
}

function violationsOf(stream: FilterStream): Violation[] {
  const found = guarded(() => stream.violations?.());
  if (!Array.isArray(found)) throw failed();
  return found;
}

function asText(piece: unknown): string {
  if (typeof piece !== 'string') throw failed();
  return piece;
}

function failed(cause?: unknown): BridgeError {
  return new BridgeError('filter_failed', 'The content filter failed, so nothing was passed on', { cause });
}
