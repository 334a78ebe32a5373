import type { BridgeError } from '../errors.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import type { SamplingCall } from '../types.ts';
import type { CallFacts } from './sample.ts';
import { redactWith } from './step-3b-prompt-filter.ts';

/** Adds a call to what the session's caller sees: filtered texts only. */
export function recordCall(session: SessionState, facts: CallFacts, scope: CallScope, durationMs: number, failure: BridgeError | undefined): void {
  const keep = facts.round > 0 || session.log.keepsRefusals();
  const call: SamplingCall = {
    model: shown(session, facts.model),
    messages: keep ? messagesOf(session, facts) : [],
    response: failure ? '' : facts.delivered,
    durationMs,
    tokensUsed: facts.tokens,
    timestamp: new Date(scope.startedAt).toISOString(),
  };
  if (failure) call.error = { code: failure.code, message: keep ? shown(session, failure.message) : '' };
  session.log.add(call, facts.round > 0);
}

/** As asked, and filtered in full: whoever reads this may see less than the model. */
function messagesOf(session: SessionState, { asked }: CallFacts): SamplingCall['messages'] {
  if (!asked) return [];
  const system = asked.systemPrompt === '' ? [] : [{ role: 'system' as const, content: asked.systemPrompt }];
  return [...system, ...asked.messages].map(({ role, content }) => ({ role, content: shown(session, content) }));
}

/** A text fit to be shown; what cannot be filtered is not. */
function shown(session: SessionState, message: string): string {
  const { filter } = session.options;
  if (!filter || !session.policy.contentFilteringEnabled) return message;
  try {
    return redactWith(filter, message).text;
  } catch {
    return '';
  }
}
