/** Bounds of a JSON value. */
export interface Bounds {
  /** Longest JSON text, in UTF-16 units. */
  maxChars: number;
  /** Deepest nesting; a flat object is 1 deep. */
  maxDepth: number;
}

/**
 * Checks that a value is within its bounds without recursion, so that no nesting overflows the stack.
 *
 * @returns undefined where it is; else the end of a sentence: `nested deeper than 64 levels`.
 */
export function inspect(value: unknown, { maxChars, maxDepth }: Bounds): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let chars = 0;
  const over = `larger than ${maxChars} characters`;
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, depth } = next;
    // Every value takes a character at least, and a comma or bracket; strings count exactly enough to bound the walk.
    chars += typeof value === 'string' ? value.length + 2 : 1;
    if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return `not JSON: it holds a ${typeof value}`;
    if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) return `nested deeper than ${maxDepth} levels`;
      const isArray = Array.isArray(value);
      for (const [key, child] of isArray ? value.entries() : Object.entries(value)) {
        chars += isArray ? 1 : (key as string).length + 4;
        stack.push({ value: child, depth: depth + 1 });
      }
    }
    if (chars > maxChars) return over;
  }
  // Escapes make the text longer than the walk can know.
  return (JSON.stringify(value) ?? '').length > maxChars ? over : undefined;
}
