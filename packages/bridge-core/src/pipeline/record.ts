import type { BridgeError } from '../errors.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import type { SamplingCall } from '../types.ts';
import { redactPaced } from './redact.ts';
import type { CallFacts } from './sample.ts';

/** Characters of messages up to which a call that took no round keeps them: what costs nothing must not cause work. */
export const REFUSED_CHARACTERS = 4_096;

/** Adds a call to what the session's caller sees: filtered texts only, and nothing is filtered that would not be kept. */
export async function recordCall(session: SessionState, facts: CallFacts, scope: CallScope, durationMs: number, failure: BridgeError | undefined): Promise<void> {
  const keep = facts.round > 0 || session.log.keepsRefusals();
  const response = failure ? '' : facts.delivered;
  const asked = keep ? messagesOf(facts) : [];
  const room = session.log.hasRoom(asked.reduce((sum, { content }) => sum + content.length, response.length));
  const call: SamplingCall = {
    model: await shown(session, facts.model),
    messages: [],
    response: room ? response : '',
    durationMs,
    tokensUsed: facts.tokens,
    timestamp: new Date(scope.startedAt).toISOString(),
  };
  for (const { role, content } of room ? asked : []) call.messages.push({ role, content: await shown(session, content) });
  if (failure) call.error = { code: failure.code, message: keep ? await shown(session, failure.message) : '' };
  session.log.add(call, facts.round > 0);
  if (!room) session.log.truncated();
}

/** The messages as they were asked, system text first; none where the call took no round and they are long. */
function messagesOf({ asked, round }: CallFacts): SamplingCall['messages'] {
  if (!asked) return [];
  const messages: SamplingCall['messages'] = asked.systemPrompt === '' ? [...asked.messages] : [{ role: 'system', content: asked.systemPrompt }, ...asked.messages];
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return round === 0 && characters > REFUSED_CHARACTERS ? [] : messages;
}

/** A text fit to be shown; what cannot be filtered is not. */
export async function shown(session: SessionState, message: string): Promise<string> {
  const { filter } = session.options;
  if (!filter || !session.policy.contentFilteringEnabled) return message;
  try {
    return (await redactPaced(filter, message, session.pace)).text;
  } catch {
    return '';
  }
}
