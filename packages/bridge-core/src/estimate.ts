import type { ProviderRequest } from './ports.ts';

/** Tokens that frame any request (start, roles, end), whatever it holds. */
export const REQUEST_FRAME_TOKENS = 10;
/** Tokens that frame each message. */
export const MESSAGE_FRAME_TOKENS = 4;

/**
 * Estimates the prompt's tokens without a tokenizer, leaning upward.
 *
 * Ten tokens for the request, four for each message and for a system text, and for the text by kind of character:
 * words of up to eight letters a token per four, of up to twelve a token per three, longer ones and those with
 * several capitals a token per two letters; a token per digit, per punctuation mark and per line break, one per four blanks,
 * one per letter of other alphabets, two per ideograph, kana or hangul, and one per UTF-8 byte of everything else.
 * Never below a quarter token per character.
 */
export function estimatePromptTokens(request: Pick<ProviderRequest, 'systemPrompt' | 'messages'>): number {
  let total = REQUEST_FRAME_TOKENS;
  if (request.systemPrompt !== '') total += MESSAGE_FRAME_TOKENS + estimateTextTokens(request.systemPrompt);
  for (const message of request.messages) total += MESSAGE_FRAME_TOKENS + estimateTextTokens(message.content);
  return total;
}

/** The part of {@link estimatePromptTokens} that depends on the text. Linear time. */
export function estimateTextTokens(text: string): number {
  let total = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (isLetter(code)) {
      const start = i;
      let capitals = 0;
      for (; i < text.length && isLetter(text.charCodeAt(i)); i++) if (text.charCodeAt(i) < 97) capitals++;
      const length = i - start;
      total += Math.ceil(length / lettersPerToken(length, capitals));
    } else if (code === 32 || code === 9) {
      const start = i;
      while (i < text.length && (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9)) i++;
      // A single blank belongs to the word that follows it.
      total += i - start === 1 ? 0 : Math.ceil((i - start) / 4);
    } else {
      total += tokensOf(code);
      i++;
    }
  }
  return Math.max(total, Math.ceil(text.length / 4));
}

/** Short words are common ones; long runs and capitals are seldom words at all. */
function lettersPerToken(length: number, capitals: number): number {
  if (length > 12 || capitals > 1) return 2;
  return length > 8 ? 3 : 4;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Tokens of one UTF-16 unit outside words and blanks. */
function tokensOf(code: number): number {
  if (code < 0x80) return 1; // digits, punctuation, controls
  if (code < 0x0800) return code < 0x0590 ? 1 : 2; // Latin, Greek, Cyrillic, Armenian; then Hebrew, Arabic and others by their two bytes
  if (isEastAsian(code)) return 2;
  if (code >= 0xd800 && code <= 0xdfff) return 2; // half of an astral character: four bytes in two units
  return 3;
}

function isEastAsian(code: number): boolean {
  return (code >= 0x3000 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xff00 && code <= 0xffef);
}
