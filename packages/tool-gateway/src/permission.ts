import { toolName } from './names.ts';
import type { Pattern } from './patterns.ts';
import { intersect, matches } from './patterns.ts';

/** What the operator permits: `allow` bounds every execution, `deny` wins over everything. */
export interface Policy {
  readonly allow: readonly Pattern[];
  readonly deny: readonly Pattern[];
}

/** What one execution may call: the operator's policy, narrowed by what the execution asked for. */
export interface Permission {
  /** Whether this tool may be called. */
  allows(name: string): boolean;
  /** Whether any tool of this server could be called; if not, there is no reason to start it. */
  reaches(server: string): boolean;
}

/** The intersection of the operator's policy with the execution's own list. */
export function createPermission(policy: Policy, granted: readonly Pattern[]): Permission {
  const both = policy.allow.flatMap((allowed) => granted.flatMap((wanted) => intersect(allowed, wanted) ?? []));
  return {
    allows: (name) => both.some((pattern) => matches(pattern, name)) && !policy.deny.some((pattern) => matches(pattern, name)),
    reaches: (server) => {
      const all: Pattern = { prefix: toolName(server, ''), exact: false };
      const reachable = both.flatMap((pattern) => intersect(pattern, all) ?? []);
      // A pattern is out of reach where one denied pattern holds all its names.
      return reachable.some((pattern) => !policy.deny.some((denied) => holds(denied, pattern)));
    },
  };
}

function holds(outer: Pattern, inner: Pattern): boolean {
  return outer.exact ? inner.exact && inner.prefix === outer.prefix : inner.prefix.startsWith(outer.prefix);
}
