import type { BridgeError } from '../errors.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import type { SamplingCall } from '../types.ts';
import type { CallFacts } from './sample.ts';
import { filterPrompt, redactWith } from './step-3b-prompt-filter.ts';

/** Adds a call to what the session's caller sees: filtered texts only. */
export function recordCall(session: SessionState, facts: CallFacts, scope: CallScope, durationMs: number, failure: BridgeError | undefined): void {
  const keep = facts.round > 0 || session.log.keepsRefusals();
  const call: SamplingCall = {
    model: facts.model,
    messages: keep ? messagesOf(session, facts) : [],
    response: failure ? '' : facts.delivered,
    durationMs,
    tokensUsed: facts.tokens,
    timestamp: new Date(scope.startedAt).toISOString(),
  };
  if (failure) call.error = { code: failure.code, message: keep ? wordsOf(session, failure.message) : '' };
  session.log.add(call, facts.round > 0);
}

/** As sent; where nothing was sent, as it would have been. What cannot be filtered is not kept. */
function messagesOf(session: SessionState, facts: CallFacts): SamplingCall['messages'] {
  let shown = facts.sent;
  if (!shown && facts.asked) {
    try {
      shown = filterPrompt(session, facts.asked).request;
    } catch {
      return [];
    }
  }
  if (!shown) return [];
  const system = shown.systemPrompt === '' ? [] : [{ role: 'system' as const, content: shown.systemPrompt }];
  return [...system, ...shown.messages];
}

function wordsOf(session: SessionState, message: string): string {
  const { filter } = session.options;
  if (!filter || !session.policy.contentFilteringEnabled) return message;
  try {
    return redactWith(filter, message).text;
  } catch {
    return '';
  }
}
