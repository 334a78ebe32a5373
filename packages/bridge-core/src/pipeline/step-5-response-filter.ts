import { BridgeError } from '../errors.ts';
import type { FilterPort, FilterStream, Violation } from '../ports.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import { guarded, merge, redactPaced, redactWith, slicesOf } from './redact.ts';

/** The filter for answers, or undefined where none is to be used. */
export function responseFilterOf(session: SessionState): FilterPort | undefined {
  return session.policy.contentFilteringEnabled ? session.options.filter : undefined;
}

/**
 * Step 5: filters a whole answer.
 *
 * @throws {BridgeError} `content_filter` in mode `reject` where something was found; `filter_failed` where the filter crashes; or the scope's own error
 */
export async function filterResponse(session: SessionState, text: string, scope: CallScope): Promise<{ text: string; violations: Violation[] }> {
  const filter = responseFilterOf(session);
  if (!filter) return { text, violations: [] };
  const filtered = await redactPaced(filter, text, session.pace, scope);
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
  readonly #session: SessionState;
  readonly #filter: FilterPort | undefined;
  readonly #stream: FilterStream | undefined;
  #raw = '';
  /** What was let through so far. */
  delivered = '';

  constructor(session: SessionState) {
    this.#session = session;
    this.#filter = responseFilterOf(session);
    this.#stream = guarded(() => this.#filter?.createStream());
  }

  /** Takes a piece, returns what may be shown; a long one in slices, between which the event loop gets its turn. */
  async write(piece: string, scope: CallScope): Promise<string> {
    if (!this.#stream) return this.#pass(piece);
    if (!this.#stream.violations) this.#raw += piece;
    let shown = '';
    for (const slice of slicesOf(piece)) {
      await this.#session.pace.take(slice.length, scope);
      shown += this.#pass(guarded(() => this.#stream?.write(slice) ?? ''));
    }
    return shown;
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

function plural(count: number, noun: string): string {
  if (count === 0) return '';
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
