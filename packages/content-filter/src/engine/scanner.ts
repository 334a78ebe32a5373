import { isHighSurrogate } from '../chars.ts';
import type { Match, Rule, Verdict, View } from './rule.ts';
import { advanceTails, mergeMatch, openSpan, shiftSpan, type Span } from './span.ts';
import { type Anchor, nextCandidate, type RuleTable } from './table.ts';

/** Receives the text in order, cut into plain stretches and redactions. */
export interface Sink {
  plain(text: string): void;
  /** Offsets are counted from the start of the whole text. */
  redacted(span: Pick<Span, 'type' | 'pattern' | 'start' | 'end'>): void;
}

const WAIT: unique symbol = Symbol('wait');

/**
 * The one engine: feeds chunks through the rules from left to right. Plain text leaves it as soon as no rule can
 * claim it any more; what waits inside is bounded by `RuleTable.holdBack`, also in a match without end.
 */
export class Scanner {
  readonly #table: RuleTable;
  readonly #sink: Sink;
  readonly #view: { -readonly [K in keyof View]: View[K] } = { text: '', floor: 0, limit: 0, open: true };
  #text = '';
  /** Units of the whole text that were dropped in front of `#text`. */
  #base = 0;
  /** Next candidate position. */
  #at = 0;
  /** Everything before it has left the scanner. */
  #shown = 0;
  #floor = 0;
  #span: Span | undefined;

  constructor(table: RuleTable, sink: Sink) {
    this.#table = table;
    this.#sink = sink;
  }

  /** Takes the next chunk; `final` says that it is the last one. */
  push(chunk: string, final: boolean): void {
    this.#text = this.#text === '' ? chunk : this.#text + chunk;
    this.#scan(final);
    this.#show(final ? this.#text.length : this.#safeEnd());
    this.#trim();
  }

  #scan(final: boolean): void {
    for (;;) {
      const waiting = this.#span !== undefined && advanceTails(this.#span, this.#text, final);
      const stop = this.#span?.end ?? this.#text.length;
      const at = nextCandidate(this.#table, this.#text, this.#at, stop);
      this.#at = at;
      if (at < stop) {
        const found = this.#judge(at, final);
        if (found === WAIT) return;
        this.#at = found === undefined ? at + 1 : this.#accept(found, at);
      } else if (this.#span === undefined || waiting) {
        return;
      } else {
        this.#close(this.#span);
      }
    }
  }

  /** The first rule that claims the candidate, nothing, or the wish for more text. */
  #judge(at: number, final: boolean): { match: Match; rule: Rule } | undefined | typeof WAIT {
    for (const anchor of this.#table.byFirst[this.#text.charCodeAt(at)] ?? []) {
      const verdict = this.#verdict(anchor, at, final);
      if (verdict === 'more') return WAIT;
      if (verdict !== 'none') return { match: verdict, rule: anchor.rule };
    }
    return undefined;
  }

  #verdict({ head, rule }: Anchor, at: number, final: boolean): Verdict {
    const text = this.#text;
    if (!text.startsWith(head, at)) {
      const cut = !final && text.length - at < head.length && head.startsWith(text.slice(at));
      return cut ? 'more' : 'none';
    }
    const view = this.#view;
    view.text = text;
    view.floor = this.#floor;
    view.open = !final && text.length < at + rule.reach;
    view.limit = Math.min(text.length, at + rule.reach);
    const verdict = rule.verify(view, at);
    // A rule that asks for more than its reach would break the bound on memory: it has had all there is.
    return verdict === 'more' && !view.open ? 'none' : verdict;
  }

  /** Returns where to look for the next candidate. */
  #accept({ match, rule }: { match: Match; rule: Rule }, at: number): number {
    if (this.#span === undefined) this.#span = openSpan(match, rule);
    else mergeMatch(this.#span, match, rule);
    return Math.max(at + 1, match.start);
  }

  #close(span: Span): void {
    this.#show(span.start);
    const { type, pattern, start, end } = span;
    this.#sink.redacted({ type, pattern, start: this.#base + start, end: this.#base + end });
    this.#shown = end;
    this.#floor = end;
    this.#at = Math.max(this.#at, end);
    this.#span = undefined;
  }

  #show(end: number): void {
    if (end <= this.#shown) return;
    this.#sink.plain(this.#text.slice(this.#shown, end));
    this.#shown = end;
  }

  /** The end of what no later text can turn into a match. */
  #safeEnd(): number {
    let end = Math.min(this.#at, this.#text.length);
    for (const rule of this.#table.backward) {
      end = Math.min(end, rule.earliest?.(this.#text, this.#floor, end) ?? end);
    }
    // Half a character would not survive an encoder between here and the reader.
    if (end > this.#shown && isHighSurrogate(this.#text.charCodeAt(end - 1))) end -= 1;
    return this.#span === undefined ? end : Math.min(end, this.#span.start);
  }

  #trim(): void {
    const needed = Math.min(this.#at - this.#table.context, this.#span === undefined ? this.#shown : this.#at);
    if (needed <= 0) return;
    this.#text = this.#text.slice(needed);
    this.#base += needed;
    this.#at -= needed;
    this.#shown -= needed;
    this.#floor = Math.max(0, this.#floor - needed);
    if (this.#span !== undefined) shiftSpan(this.#span, needed);
  }
}
