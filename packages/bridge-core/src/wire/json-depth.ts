/** Deepest nesting of arrays and objects in JSON that crosses the bridge. */
export const MAX_JSON_DEPTH = 64;

/**
 * True where a JSON text is nested deeper than `max`. Looks at brackets outside strings only and never recurses,
 * so it is safe on any text; `JSON.parse` comes after it.
 */
export function isDeeperThan(text: string, max: number = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > max) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}
