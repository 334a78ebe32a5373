/**
 * A program's own words as one harmless line for a terminal: control characters, which could clear the screen, set its
 * title or forge a line of ours, are shown as escapes.
 */
export function printable(text: string): string {
  // Control characters (C0, DEL, C1), and the line separators and directions of Unicode that terminals act upon.
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\t' ? '\t' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
