/** Looks a variable up; undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

const NAME = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/su;

/**
 * Expands `${VAR}` and `${VAR:-default}` (taken where VAR is unset or empty); `${env:VAR}` is the same as `${VAR}`.
 * What a variable holds is taken as it is and not expanded again. A `$` without `{` is an ordinary character.
 *
 * @param fail Builds the error to throw from its message.
 * @throws what `fail` builds: a variable is not set, or a `${` does not begin an expression of these forms.
 */
export function expand(text: string, lookup: Lookup, fail: (message: string) => Error): string {
  let out = '';
  let at = 0;
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', at)) {
    const end = text.indexOf('}', start);
    const inner = end < 0 ? text.slice(start + 2) : text.slice(start + 2, end);
    const match = end < 0 || inner.includes('${') ? null : NAME.exec(inner);
    // The text may be a secret in which these two characters occur by chance: none of it is shown.
    if (match === null) throw fail(`holds "\${" at character ${start + 1}, which cannot be expanded; write \${VAR} or \${VAR:-default}`);
    const [, name = '', fallback] = match;
    const value = lookup(name);
    if (value === undefined && fallback === undefined) throw fail(`needs the environment variable ${name}, which is not set; set it or write \${${name}:-default}`);
    out += text.slice(at, start) + (fallback !== undefined && (value === undefined || value === '') ? fallback : value);
    at = end + 1;
  }
  return out + text.slice(at);
}
