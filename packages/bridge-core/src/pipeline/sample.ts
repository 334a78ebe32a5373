import { canonicalPrompt } from '../canonical.ts';
import { BridgeError, toBridgeError } from '../errors.ts';
import type { ProviderRequest, Violation } from '../ports.ts';
import { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import type { SampleRequest, SampleResponse, WireUsage } from '../types.ts';
import { deliver } from './deliver.ts';
import { recordCall } from './record.ts';
import { checkLeast, checkLimits, reserve } from './step-2-limits.ts';
import { checkAllowlists, normalize } from './step-3-allowlists.ts';
import { filterPrompt } from './step-3b-prompt-filter.ts';
import { audit } from './step-6-audit.ts';

/** Where the pieces of a streamed answer go. */
export interface DeltaSink {
  /** The call was handed to the provider; from here on the reply is a stream. */
  open(): void;
  /** Takes a piece; resolves when the client wants more. */
  write(text: string): Promise<void>;
}

/** One `POST /sample`. */
export interface SampleInput {
  /** Reads and checks the body; a stream is asked where the request says so. */
  read: (scope: CallScope) => Promise<SampleRequest>;
  /** Fires when the client is gone. */
  client: AbortSignal;
  /** Gives the sink of a streamed answer. */
  sink: () => DeltaSink;
}

/** What is known of a call while it runs. */
export interface CallFacts {
  asked: ProviderRequest | undefined;
  /** After filtering, as it leaves. */
  sent: ProviderRequest | undefined;
  round: number;
  model: string;
  tokens: number;
  delivered: string;
  promptViolations: Violation[];
  responseViolations: Violation[];
}

/** An answer before it is sent. */
export interface Answer {
  text: string;
  model: string;
  stopReason: string;
  usage: WireUsage;
}

/**
 * One model call, through all steps. Whatever comes of it, it is settled, recorded and audited before this ends.
 *
 * @throws {BridgeError} every refusal and failure
 */
export async function sample(session: SessionState, input: SampleInput): Promise<SampleResponse> {
  const { clock } = session.options;
  const scope = new CallScope(clock, session.policy.timeoutPerCallMs);
  const facts: CallFacts = { asked: undefined, sent: undefined, round: 0, model: 'unknown', tokens: 0, delivered: '', promptViolations: [], responseViolations: [] };
  let answer: Answer | undefined;
  let failure: BridgeError | undefined;
  scope.follow(input.client, 'client_gone');
  scope.follow(session.closing, 'session_closed');
  try {
    answer = await steps(session, input, scope, facts);
  } catch (error) {
    failure = toBridgeError(error);
    if (failure.code === 'internal') session.options.log(`sampling: ${String(failure.cause)}`);
  }
  scope.dispose();
  const durationMs = scope.elapsedMs();
  try {
    await audit(session, entryOf(session, facts, durationMs, failure));
  } catch (error) {
    failure = toBridgeError(error);
  }
  await recordCall(session, facts, scope, durationMs, failure);
  if (failure || !answer) throw failure ?? new BridgeError('internal', 'Internal error of the bridge');
  const { text, model, stopReason, usage } = answer;
  return { response: text, tokensUsed: facts.tokens, durationMs, model, stopReason, usage, budget: session.wireBudget() };
}

async function steps(session: SessionState, input: SampleInput, scope: CallScope, facts: CallFacts): Promise<Answer> {
  if (!session.sampling) throw new BridgeError('sampling_disabled', 'Sampling not enabled. Pass enableSampling: true');
  // A program that goes on asking although nothing is left does not get its bodies read any more.
  if (!session.log.keepsRefusals()) await checkLimits(session, scope);
  const wire = await input.read(scope);
  const asked = normalize(session, wire);
  facts.asked = asked;
  facts.model = asked.model;
  await checkLimits(session, scope);
  checkAllowlists(session, asked);
  await checkLeast(session, asked, scope);
  const filtered = await filterPrompt(session, asked, scope);
  facts.promptViolations = filtered.violations;
  const { provider, noProviderMessage } = session.options;
  if (!provider) throw new BridgeError('no_provider', noProviderMessage);
  const { request, reservation, reserved } = await reserve(session, filtered.request, scope);
  if (scope.signal.aborted) {
    await reservation?.release();
    throw scope.error();
  }
  facts.sent = request;
  facts.round = ++session.rounds;
  const shrunk = request.maxTokens < asked.maxTokens;
  return deliver({ session, provider, request, scope, reservation, reserved, facts, shrunk, sink: wire.stream ? input.sink() : undefined });
}

function entryOf(session: SessionState, facts: CallFacts, durationMs: number, failure: BridgeError | undefined): Parameters<typeof audit>[1] {
  return {
    kind: 'sampling',
    executionId: session.executionId,
    round: facts.round,
    model: auditModel(session, facts),
    prompt: facts.sent ? canonicalPrompt(facts.sent) : '',
    response: facts.delivered,
    tokensUsed: facts.tokens,
    durationMs,
    status: failure ? 'error' : 'success',
    ...(failure ? { errorCode: failure.code } : {}),
    contentViolations: [
      ...facts.promptViolations.map((found) => ({ ...found, direction: 'prompt' as const })),
      ...facts.responseViolations.map((found) => ({ ...found, direction: 'response' as const })),
    ],
  };
}

/** A model's name for the audit log, marked where a call was refused with one that is on no list: the program may have written anything. */
function auditModel(session: SessionState, { asked, model, round }: CallFacts): string {
  return asked && round === 0 && !session.options.allowedModels.has(model) ? `refused: ${model}` : model;
}
