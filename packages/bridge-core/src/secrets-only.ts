import type { FilterPort, FilterStream, Violation } from './ports.ts';

/** Stands where a secret was. */
const PLACEHOLDER = '[REDACTED_SECRET]';

/**
 * A filter for secrets alone, made from one that finds more: where a filter can say what it found and where, personal
 * data is left in place. One that cannot is used as it is: too much is redacted rather than too little.
 *
 * Its stream shows nothing before the end and then scans the whole in one go; a filter that really streams, for secrets
 * alone, is better passed as `secretsFilter`.
 */
export function secretsOnly(filter: FilterPort): FilterPort {
  const { scan } = filter;
  if (!scan) return filter;
  const redact: FilterPort['redact'] = (text) => {
    const counts = new Map<string, Violation>();
    let redacted = '';
    let from = 0;
    const secrets = scan.call(filter, text).filter(({ type }) => type === 'secret');
    for (const { pattern, start, end } of secrets.toSorted((a, b) => a.start - b.start)) {
      const count = (counts.get(pattern)?.count ?? 0) + 1;
      counts.set(pattern, { type: 'secret', pattern, count });
      // Findings may overlap or touch; each place is replaced once.
      if (end <= from) continue;
      redacted += text.slice(from, Math.max(from, start)) + (start < from ? '' : PLACEHOLDER);
      from = end;
    }
    return { text: redacted + text.slice(from), violations: [...counts.values()] };
  };
  return { redact, createStream: () => wholeAtEnd(redact) };
}

/** A stream that holds everything back. */
function wholeAtEnd(redact: FilterPort['redact']): FilterStream {
  let held = '';
  let found: Violation[] = [];
  return {
    write(chunk) {
      held += chunk;
      return '';
    },
    end() {
      const { text, violations } = redact(held);
      held = '';
      found = violations;
      return text;
    },
    violations: () => found,
  };
}
