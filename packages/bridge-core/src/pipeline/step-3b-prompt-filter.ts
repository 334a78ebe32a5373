import type { FilterPort, ProviderMessage, ProviderRequest, Violation } from '../ports.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import { merge, redactPaced } from './redact.ts';

/** The filter for what leaves towards the model, or undefined where none is to be used. */
export function promptFilterOf(session: SessionState): FilterPort | undefined {
  const { options, policy } = session;
  if (!policy.contentFilteringEnabled || policy.filterPrompts === 'off') return undefined;
  return policy.filterPrompts === 'all' ? options.filter : options.secretsFilter;
}

/**
 * Redacts the messages of a request. The system text is the operator's own and stays as it is.
 *
 * @throws {BridgeError} `filter_failed` where the filter crashes: what could not be checked does not leave; or the scope's own error
 */
export async function filterPrompt(session: SessionState, request: ProviderRequest, scope: CallScope): Promise<{ request: ProviderRequest; violations: Violation[] }> {
  const filter = promptFilterOf(session);
  if (!filter) return { request, violations: [] };
  const violations: Violation[] = [];
  const messages: ProviderMessage[] = [];
  for (const { role, content } of request.messages) {
    const filtered = await redactPaced(filter, content, session.pace, scope);
    violations.push(...filtered.violations);
    messages.push({ role, content: filtered.text });
  }
  return { request: { ...request, messages }, violations: merge(violations) };
}
