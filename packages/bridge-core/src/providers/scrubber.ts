/** Stands where the key was. */
const PLACEHOLDER = '[REDACTED_SECRET]';
/** Keys shorter than this are not searched for: they would be found in ordinary text. */
const LEAST_KEY = 8;

/** Removes one key from what a provider says, in every form in which an upstream may echo it. */
export interface Scrubber {
  /** A whole text without the key. */
  text(text: string): string;
  /** The same piece by piece: what is returned, joined, equals `text` of the whole. */
  stream(): ScrubberStream;
}

/** A text that is scrubbed while it arrives. */
export interface ScrubberStream {
  /** Takes the next piece, returns what may be shown: all but an end with which the key may begin. */
  write(piece: string): string;
  /** Returns the rest. */
  end(): string;
}

/**
 * A scrubber for `key`: as it is, base64 and base64url (also inside a longer encoded text), URL-encoded, JSON-escaped;
 * upper and lower case are the same. Each becomes `[REDACTED_SECRET]`. A key of fewer than 8 characters is not scrubbed.
 */
export function createScrubber(key: string): Scrubber {
  if (key.length < LEAST_KEY) return { text: (text) => text, stream: () => ({ write: (piece) => piece, end: () => '' }) };
  const forms = formsOf(key);
  const found = new RegExp(forms.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'), 'gi');
  const text = (given: string): string => given.replaceAll(found, PLACEHOLDER);
  return { text, stream: () => streamOf(forms, found, text) };
}

function streamOf(forms: readonly string[], found: RegExp, whole: (text: string) => string): ScrubberStream {
  const folded = forms.map((form) => form.toLowerCase());
  let held = '';
  return {
    write(piece) {
      const text = held + piece;
      let shown = '';
      let from = 0;
      let hold = beginOf(text, 0, folded);
      for (const match of text.matchAll(found)) {
        // At the place where a longer form may still be coming, the shorter one waits.
        if (match.index >= hold) break;
        shown += text.slice(from, match.index) + PLACEHOLDER;
        from = match.index + match[0].length;
        if (hold < from) hold = beginOf(text, from, folded);
      }
      held = text.slice(hold);
      return shown + text.slice(from, hold);
    },
    end() {
      const rest = whole(held);
      held = '';
      return rest;
    },
  };
}

/** The first place, from `from` on, whose text up to the end is the beginning of a form but not all of it. */
function beginOf(text: string, from: number, folded: readonly string[]): number {
  const longest = folded[0]?.length ?? 0;
  for (let at = Math.max(from, text.length - longest + 1); at < text.length; at++) {
    const tail = text.slice(at).toLowerCase();
    if (folded.some((form) => form.length > tail.length && form.startsWith(tail))) return at;
  }
  return text.length;
}

/** Every form, longest first, so that none leaves a rest of a longer one. */
function formsOf(key: string): string[] {
  const escaped = JSON.stringify(key).slice(1, -1);
  const encoded = Buffer.from(key).toString('base64');
  const base64 = [encoded, encoded.replaceAll('=', ''), ...[0, 1, 2].map((offset) => encodedInside(key, offset))];
  const all = [key, encodeURIComponent(key), escaped, escaped.replaceAll('/', String.raw`\/`), ...base64, ...base64.map(toUrlAlphabet)];
  return [...new Set(all)].filter((form) => form.length >= LEAST_KEY).toSorted((a, b) => b.length - a.length);
}

/** The characters of base64 that the key alone decides where `offset` bytes (modulo 3) stand before it. */
function encodedInside(key: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(key)]);
  return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function toUrlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
