import { Scanner } from './engine/scanner.ts';
import { compileRules } from './engine/table.ts';
import { type ContentFilterOptions, selectRules } from './options.ts';
import { RULES } from './rules/index.ts';
import { assertText, type ContentFilterStream, createStream } from './stream.ts';
import type { Finding, RedactionResult } from './types.ts';

/** Finds and redacts secrets and personal data. Holds no state between calls: one filter serves any number of callers. */
export interface ContentFilter {
  /**
   * Upper bound of the UTF-16 units that a stream keeps back before it shows or redacts them; computed from the rules
   * that are switched on.
   */
  readonly holdBack: number;
  /**
   * Lists what `redact` would take out, in order, without overlaps and without the values.
   *
   * @throws {ContentFilterError} `invalid_text`: the text is not a string
   */
  scan(text: string): Finding[];
  /**
   * Puts `[REDACTED_SECRET]` or `[REDACTED_PII]` in the place of every finding. Doing it twice changes nothing more.
   *
   * @throws {ContentFilterError} `invalid_text`: the text is not a string
   */
  redact(text: string): RedactionResult;
  /** Opens a stream for one text. */
  createStream(): ContentFilterStream;
}

/**
 * Makes a filter.
 *
 * @example
 * const filter = createContentFilter();
 * filter.redact('mail ada@example.org').text; // 'mail [REDACTED_PII]'
 *
 * @throws {ContentFilterError} `invalid_options`: an option is unknown, of the wrong type, or leaves no rule switched on
 */
export function createContentFilter(options: ContentFilterOptions = {}): ContentFilter {
  const table = compileRules(selectRules(RULES, options));
  return {
    holdBack: table.holdBack,
    scan: (text) => {
      const findings: Finding[] = [];
      const scanner = new Scanner(table, { plain: () => {}, redacted: (finding) => findings.push(finding) });
      scanner.push(assertText(text), true);
      return findings;
    },
    redact: (text) => {
      assertText(text);
      const stream = createStream(table);
      const shown = stream.write(text);
      return { text: shown + stream.end(), violations: stream.violations() };
    },
    createStream: () => createStream(table),
  };
}
