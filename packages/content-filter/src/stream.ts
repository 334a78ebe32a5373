import { Scanner } from './engine/scanner.ts';
import type { RuleTable } from './engine/table.ts';
import { ContentFilterError } from './errors.ts';
import { Tally } from './tally.ts';
import { PII_PLACEHOLDER, SECRET_PLACEHOLDER, type Violation } from './types.ts';

/** Redacts a text that arrives in pieces. What it returns, joined, is what `redact` returns for the whole text. */
export interface ContentFilterStream {
  /**
   * Takes the next piece and returns what is certain by now: nothing in it is part of anything redacted later, and it
   * never ends in the middle of a surrogate pair.
   *
   * @throws {ContentFilterError} `invalid_text`: the chunk is not a string
   * @throws {ContentFilterError} `stream_ended`: `end` was called before
   */
  write(chunk: string): string;
  /** Says that the text is complete and returns the rest of it. Called again it returns an empty string. */
  end(): string;
  /** What has been redacted so far; complete after `end`. */
  violations(): Violation[];
}

/** Opens a stream over a compiled table of rules. */
export function createStream(table: RuleTable): ContentFilterStream {
  const tally = new Tally();
  let output = '';
  let ended = false;
  const scanner = new Scanner(table, {
    plain: (text) => {
      output += text;
    },
    redacted: ({ type, pattern }) => {
      output += type === 'secret' ? SECRET_PLACEHOLDER : PII_PLACEHOLDER;
      tally.add(type, pattern);
    },
  });
  const push = (chunk: string, final: boolean): string => {
    scanner.push(chunk, final);
    const shown = output;
    output = '';
    return shown;
  };
  return {
    write: (chunk) => {
      if (ended) {
        throw new ContentFilterError('stream_ended', 'Content filter: write after end; open a new stream for a new text');
      }
      return push(assertText(chunk), false);
    },
    end: () => {
      if (ended) return '';
      ended = true;
      return push('', true);
    },
    violations: () => tally.list(),
  };
}

/** @throws {ContentFilterError} `invalid_text`: the value is not a string */
export function assertText(value: unknown): string {
  if (typeof value === 'string') return value;
  const kind = value === null ? 'null' : typeof value;
  throw new ContentFilterError('invalid_text', `Content filter: the text must be a string, got ${kind}; decode bytes first`);
}
