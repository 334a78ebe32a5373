import { costOfFailure, field, tokensOf } from '../cost.ts';
import type { BridgeError } from '../errors.ts';
import type { FilterPort, Provider, ProviderCallOptions, ProviderRequest, ProviderResult, TokenUsage } from '../ports.ts';
import type { CallScope } from '../session/scope.ts';
import type { Clock } from '../clock.ts';
import { describeFailure } from './provider-failure.ts';

/** Milliseconds that a stopped provider gets to report what it used. */
export const STOP_GRACE_MS = 100;

/** What came of a call that was handed to the provider. */
export type ProviderOutcome = { tokens: number; usage: TokenUsage | undefined } & ({ result: ProviderResult; error?: never } | { result?: never; error: BridgeError });

/** What step 4 works with. */
export interface ProviderCall {
  provider: Provider;
  request: ProviderRequest;
  scope: CallScope;
  /** Tokens reserved, charged where nothing is known. */
  reserved: number;
  /** Takes pieces of the answer; a provider without `stream` gives one. Absent: the whole answer is asked. */
  onText?: (text: string) => Promise<void>;
  filter: FilterPort | undefined;
  clock: Clock;
}

/**
 * Step 4: asks the provider under the call's one deadline and says what it cost. Never throws.
 * A provider that ignores its signal is left behind.
 */
export async function askProvider(call: ProviderCall): Promise<ProviderOutcome> {
  const seen = { text: false };
  const settled: Promise<Settled> = run(call, seen).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const inTime = await call.scope.race(settled).catch(() => undefined);
  if (inTime && !call.scope.signal.aborted) return judge(call, inTime, seen.text);
  const late = inTime ?? (await orNothing(settled, call.clock));
  return { ...costOf(call, late ?? { error: undefined }, seen.text), error: call.scope.error() };
}

type Settled = { result: ProviderResult } | { error: unknown };

function judge(call: ProviderCall, settled: Settled, receivedText: boolean): ProviderOutcome {
  const cost = costOf(call, settled, receivedText);
  if ('result' in settled && typeof field(settled.result, 'text') === 'string') return { ...cost, result: settled.result };
  const error = 'error' in settled ? settled.error : new Error('an answer without text');
  return { ...cost, error: describeFailure(error, call.filter) };
}

/** Reported tokens; else none where provably no work was done; else the reservation. */
function costOf(call: ProviderCall, settled: Settled, receivedText: boolean): { tokens: number; usage: TokenUsage | undefined } {
  const report = field('result' in settled ? settled.result : settled.error, 'usage');
  const reported = tokensOf(report);
  if (reported !== undefined) return { tokens: reported, usage: report as TokenUsage };
  const tokens = 'result' in settled ? call.reserved : costOfFailure(settled.error, call.reserved, receivedText);
  return { tokens, usage: undefined };
}

async function run(call: ProviderCall, seen: { text: boolean }): Promise<ProviderResult> {
  const { provider, request, scope, onText } = call;
  const options: ProviderCallOptions = { signal: scope.signal, timeoutMs: scope.remainingMs() };
  if (!onText) return provider.complete(request, options);
  if (!provider.stream) {
    const result = await provider.complete(request, options);
    // Whoever takes the text keeps its own error; the result and its usage must not be lost for it.
    if (typeof result.text === 'string' && result.text !== '' && !scope.signal.aborted) await onText(result.text).catch(() => undefined);
    return result;
  }
  for await (const item of provider.stream(request, options)) {
    if ('done' in item) {
      const { text } = item.done;
      // A stream may say everything in its last item.
      if (!seen.text && typeof text === 'string' && text !== '' && !scope.signal.aborted) await onText(text).catch(() => undefined);
      return item.done;
    }
    if (typeof item.text !== 'string') throw new TypeError('a piece of the stream is not text');
    seen.text = true;
    // After a stop nothing more is shown, yet the provider may still say what it used.
    if (!scope.signal.aborted && item.text !== '') await onText(item.text);
  }
  throw new Error('the stream ended without a result');
}

async function orNothing(settled: Promise<Settled>, clock: Clock): Promise<Settled | undefined> {
  let stop: (() => void) | undefined;
  const over = new Promise<undefined>((resolve) => {
    stop = clock.after(STOP_GRACE_MS, () => resolve(undefined));
  });
  try {
    return await Promise.race([settled, over]);
  } finally {
    stop?.();
  }
}
