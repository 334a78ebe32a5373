import { BridgeError } from '../errors.ts';
import type { FilterPort, ProviderMessage, ProviderRequest, Violation } from '../ports.ts';
import type { SessionState } from '../session/session.ts';

/** The filter for what leaves towards the model, or undefined where none is to be used. */
export function promptFilterOf(session: SessionState): FilterPort | undefined {
  const { options, policy } = session;
  if (!policy.contentFilteringEnabled || policy.filterPrompts === 'off') return undefined;
  return policy.filterPrompts === 'all' ? options.filter : options.secretsFilter;
}

/**
 * Redacts the messages of a request. The system text is the operator's own and stays as it is.
 *
 * @throws {BridgeError} `filter_failed` where the filter crashes: what could not be checked does not leave
 */
export function filterPrompt(session: SessionState, request: ProviderRequest): { request: ProviderRequest; violations: Violation[] } {
  const filter = promptFilterOf(session);
  if (!filter) return { request, violations: [] };
  const violations: Violation[] = [];
  const messages = request.messages.map((message): ProviderMessage => {
    const filtered = redactWith(filter, message.content);
    violations.push(...filtered.violations);
    return { role: message.role, content: filtered.text };
  });
  return { request: { ...request, messages }, violations: merge(violations) };
}

/** `filter.redact`, its crash turned into `filter_failed`. */
export function redactWith(filter: FilterPort, text: string): { text: string; violations: Violation[] } {
  try {
    const { text: filtered, violations } = filter.redact(text);
    if (typeof filtered === 'string' && Array.isArray(violations)) return { text: filtered, violations };
  } catch (error) {
    throw new BridgeError('filter_failed', 'The content filter failed, so nothing was passed on', { cause: error });
  }
  throw new BridgeError('filter_failed', 'The content filter failed, so nothing was passed on');
}

/** Sums counts of the same rule. */
export function merge(violations: readonly Violation[]): Violation[] {
  const sums = new Map<string, Violation>();
  for (const { type, pattern, count } of violations) {
    const key = `${type} ${pattern}`;
    const sum = sums.get(key);
    if (sum) sum.count += count;
    else sums.set(key, { type, pattern, count });
  }
  return [...sums.values()];
}
