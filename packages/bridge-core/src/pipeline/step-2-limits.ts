import type { ProviderRequest } from '../ports.ts';
import type { CallReservation } from '../session/reservations.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';

/**
 * Step 2, first half: refuses where nothing is left. Nothing is reserved yet, so a call that a later step refuses
 * never takes room from another, not even for a moment.
 *
 * @throws {BridgeError} `rate_limited`, `token_budget`, `limiter_unavailable`
 */
export async function checkLimits(session: SessionState, scope: CallScope): Promise<void> {
  await session.reservations?.check(scope);
}

/**
 * Characters that a token stands for at the very most. The longest entries of known vocabularies are runs of blanks and of
 * line characters; on average over a text none comes to more than about this many.
 */
const MOST_CHARACTERS_PER_TOKEN = 32;

/**
 * Step 2, once more before the prompt is filtered: refuses where not even the fewest tokens that such a prompt can have,
 * and the smallest useful answer, fit. What could never be sent causes no further work.
 *
 * @throws {BridgeError} `token_budget`, `limiter_unavailable`, or the scope's own error
 */
export async function checkLeast(session: SessionState, request: ProviderRequest, scope: CallScope): Promise<void> {
  const characters = request.messages.reduce((sum, { content }) => sum + content.length, request.systemPrompt.length);
  const least = Math.ceil(characters / MOST_CHARACTERS_PER_TOKEN) + Math.min(session.options.minTokensPerCall, request.maxTokens);
  await session.reservations?.checkLeast(least, scope);
}

/**
 * Step 2, second half, directly before the provider: takes one round and prompt + answer tokens.
 * The request returned has its `maxTokens` shrunk where less was left than asked.
 *
 * @throws {BridgeError} `rate_limited`, `token_budget`, `limiter_unavailable`, `timeout`, `cancelled`, `session_closed`
 */
export async function reserve(
  session: SessionState,
  request: ProviderRequest,
  scope: CallScope,
): Promise<{ request: ProviderRequest; reservation: CallReservation | undefined; reserved: number }> {
  const { options } = session;
  const promptTokens = Math.max(0, Math.ceil(options.estimatePromptTokens(request)));
  const all = promptTokens + request.maxTokens;
  if (!session.reservations) return { request, reservation: undefined, reserved: all };
  const { provider } = options;
  const need = { promptTokens, maxTokens: request.maxTokens, floor: options.minTokensPerCall };
  const count = (): Promise<number | undefined> => countExactly(session, request, scope);
  const reservation = await session.reservations.reserve(provider?.countTokens ? { ...need, count } : need, scope);
  return { request: { ...request, maxTokens: reservation.maxTokens }, reservation, reserved: reservation.tokens };
}

/** The provider's own count, or undefined where it fails; the estimate then stands. */
async function countExactly(session: SessionState, request: ProviderRequest, scope: CallScope): Promise<number | undefined> {
  try {
    const options = { signal: scope.signal, timeoutMs: scope.remainingMs() };
    const count = await scope.race(Promise.resolve(session.options.provider?.countTokens?.(request, options)));
    return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  } catch {
    scope.check();
    session.options.log('provider: the exact token count is not available; the estimate stands');
    return undefined;
  }
}
