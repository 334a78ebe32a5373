import { BridgeError } from '../errors.ts';
import type { FilterPort, FilterStream, Violation } from '../ports.ts';
import type { SessionState } from '../session/session.ts';
import { merge, redactWith } from './step-3b-prompt-filter.ts';

/** The filter for answers, or undefined where none is to be used. */
export function responseFilterOf(session: SessionState): FilterPort | undefined {
  return session.policy.contentFilteringEnabled ? session.options.filter : undefined;
}

/**
 * Step 5: filters a whole answer.
 *
 * @throws {BridgeError} `content_filter` in mode `reject` where something was found; `filter_failed` where the filter crashes
 */
export function filterResponse(session: SessionState, text: string): { text: string; violations: Violation[] } {
  const filter = responseFilterOf(session);
  if (!filter) return { text, violations: [] };
  const filtered = redactWith(filter, text);
  return { text: filtered.text, violations: merge(filtered.violations) };
}

/** The refusal of mode `reject`: `Content filter violation: 2 secrets, 1 PII item detected`. */
export function rejection(violations: readonly Violation[]): BridgeError {
  const count = (type: Violation['type']): number => violations.reduce((sum, found) => sum + (found.type === type ? found.count : 0), 0);
  const parts = [plural(count('secret'), 'secret'), plural(count('pii'), 'PII item')].filter((part) => part !== '');
  return new BridgeError('content_filter', `Content filter violation: ${parts.join(', ')} detected`);
}

/** Filters an answer piece by piece and keeps what was let through. */
export class ResponseStream {
  readonly #filter: FilterPort | undefined;
  readonly #stream: FilterStream | undefined;
  #raw = '';
  /** What was let through so far. */
  delivered = '';

  constructor(session: SessionState) {
    this.#filter = responseFilterOf(session);
    this.#stream = guarded(() => this.#filter?.createStream());
  }

  /** Takes a piece, returns what may be shown. */
  write(piece: string): string {
    if (this.#stream && !this.#stream.violations) this.#raw += piece;
    return this.#pass(guarded(() => this.#stream?.write(piece) ?? piece));
  }

  /** Returns the rest. */
  end(): string {
    return this.#pass(guarded(() => this.#stream?.end() ?? ''));
  }

  /** What was found. */
  violations(): Violation[] {
    if (!this.#stream || !this.#filter) return [];
    const found = this.#stream.violations ? guarded(() => this.#stream?.violations?.() ?? []) : redactWith(this.#filter, this.#raw).violations;
    return merge(found);
  }

  #pass(text: string): string {
    this.delivered += text;
    return text;
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw new BridgeError('filter_failed', 'The content filter failed, so nothing was passed on', { cause: error });
  }
}

function plural(count: number, noun: string): string {
  if (count === 0) return '';
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
