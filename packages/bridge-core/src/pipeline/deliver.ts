import type { Provider, ProviderRequest, ProviderResult } from '../ports.ts';
import type { CallReservation } from '../session/reservations.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import type { WireUsage } from '../types.ts';
import { toBridgeError } from '../errors.ts';
import type { Answer, CallFacts, DeltaSink } from './sample.ts';
import { askProvider, type ProviderOutcome } from './step-4-provider.ts';
import { filterResponse, rejection, ResponseStream } from './step-5-response-filter.ts';

/** A call whose reservation is held. */
export interface Delivery {
  session: SessionState;
  provider: Provider;
  request: ProviderRequest;
  scope: CallScope;
  reservation: CallReservation | undefined;
  reserved: number;
  facts: CallFacts;
  /** True where `maxTokens` is less than was asked. */
  shrunk: boolean;
  sink: DeltaSink | undefined;
}

/** Hands the call to the provider, settles what it cost, filters what came. */
export async function deliver(call: Delivery): Promise<Answer> {
  const { session, facts, sink } = call;
  const piecewise = sink !== undefined && session.policy.contentFilterMode !== 'reject';
  sink?.open();
  const result = piecewise ? await streamed(call, sink) : await whole(call);
  if (call.shrunk && result.stopReason === 'max_tokens') {
    session.log.warn('max_tokens_reduced', `An answer was cut at ${call.request.maxTokens} tokens, because the token budget left no more`);
  }
  if (sink && !piecewise && facts.delivered !== '') void sink.write(facts.delivered);
  return result;
}

async function whole(call: Delivery): Promise<Answer> {
  const outcome = await ask(call);
  if (!outcome.result) throw outcome.error;
  const { text, violations } = await filterResponse(call.session, outcome.result.text, call.scope);
  call.facts.responseViolations = violations;
  if (call.session.policy.contentFilterMode === 'reject' && violations.length > 0) throw rejection(violations);
  call.facts.delivered = text;
  return answerOf(call, outcome.result, outcome, text);
}

async function streamed(call: Delivery, sink: DeltaSink): Promise<Answer> {
  const stream = new ResponseStream(call.session);
  let broken: unknown;
  const outcome = await ask(call, async (piece) => {
    try {
      const text = await stream.write(piece, call.scope);
      call.facts.delivered = stream.delivered;
      // The client's pace holds the provider back, up to the call's deadline.
      if (text !== '') await call.scope.race(sink.write(text)).catch(() => undefined);
    } catch (error) {
      // A stop is not the text's fault: what was let through so far still goes out.
      if (!call.scope.signal.aborted) broken = error;
      throw error;
    }
  });
  if (broken !== undefined) throw toBridgeError(broken);
  // After a failure too: what came so far is the caller's, filtered to its end.
  const rest = stream.end();
  call.facts.delivered = stream.delivered;
  if (rest !== '') void sink.write(rest);
  call.facts.responseViolations = stream.violations();
  if (!outcome.result) throw outcome.error;
  return answerOf(call, outcome.result, outcome, stream.delivered);
}

/** Step 4 and the end of step 2: whatever came of the call, its cost is settled. */
async function ask(call: Delivery, onText?: (text: string) => Promise<void>): Promise<ProviderOutcome> {
  const { session, provider, request, scope, reserved } = call;
  const { filter, clock } = session.options;
  const outcome = await askProvider({ provider, request, scope, reserved, filter, clock, ...(onText ? { onText } : {}) });
  call.facts.tokens = outcome.tokens;
  await call.reservation?.settle(outcome.tokens);
  return outcome;
}

function answerOf(call: Delivery, result: ProviderResult, outcome: ProviderOutcome, text: string): Answer {
  call.facts.model = plain(result.model, 200) ?? call.request.model;
  return { text, model: call.facts.model, stopReason: plain(result.stopReason, 64) ?? 'unknown', usage: usageOf(outcome) };
}

function usageOf({ usage, tokens }: ProviderOutcome): WireUsage {
  // Nothing was reported: the reservation was charged, and its parts are not known.
  if (!usage) return { inputTokens: tokens, outputTokens: 0, estimated: true };
  const { inputTokens = 0, outputTokens = 0, cacheCreationInputTokens, cacheReadInputTokens } = usage;
  return {
    inputTokens,
    outputTokens,
    ...(cacheCreationInputTokens ? { cacheCreationInputTokens } : {}),
    ...(cacheReadInputTokens ? { cacheReadInputTokens } : {}),
  };
}

/** A provider's name for something, where it is a name and not a text. */
function plain(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value.length <= max && /^[\w.:/@+-]+$/.test(value) ? value : undefined;
}
