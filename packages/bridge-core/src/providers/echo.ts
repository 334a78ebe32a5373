import type { Provider, ProviderRequest, ProviderResult } from '../ports.ts';

/** Characters per token of the echo model, for prompt and answer. */
export const ECHO_CHARACTERS_PER_TOKEN = 4;
/** Characters of the last message that an answer quotes. */
const QUOTED = 2_000;
/** Characters of one streamed piece. */
const PIECE = 24;

/** Options of {@link createEchoProvider}. */
export interface EchoProviderOptions {
  /** Name that it reports as the model. @default 'echo' */
  model?: string;
}

/**
 * A provider that works offline and is no language model: every answer says so and quotes what was asked.
 *
 * Tokens by a stated rule: characters (UTF-16 units) divided by four, rounded up; for the prompt over system text
 * and all messages together, for the answer over its text. `maxTokens` cuts the answer.
 */
export function createEchoProvider(options: EchoProviderOptions = {}): Provider {
  const model = options.model ?? 'echo';
  return {
    name: 'echo',
    async complete(request, { signal }) {
      signal.throwIfAborted();
      return answer(request, model);
    },
    async *stream(request, { signal }) {
      signal.throwIfAborted();
      const result = answer(request, model);
      for (let at = 0; at < result.text.length; at += PIECE) {
        signal.throwIfAborted();
        yield { text: result.text.slice(at, at + PIECE) };
      }
      yield { done: result };
    },
    async countTokens(request) {
      return promptTokens(request);
    },
  };
}

/** The echo model's own count of a prompt. */
export function echoPromptTokens(request: Pick<ProviderRequest, 'systemPrompt' | 'messages'>): number {
  return promptTokens(request);
}

function promptTokens({ systemPrompt, messages }: Pick<ProviderRequest, 'systemPrompt' | 'messages'>): number {
  return tokens(messages.reduce((sum, { content }) => sum + content.length, systemPrompt.length));
}

function answer(request: ProviderRequest, model: string): ProviderResult {
  const asked = request.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const quoted = asked.length > QUOTED ? `${asked.slice(0, QUOTED)}…` : asked;
  const whole = `[echo: an offline stand-in, not a real language model] You asked: ${quoted}`;
  const room = request.maxTokens * ECHO_CHARACTERS_PER_TOKEN;
  const cut = whole.length > room;
  const text = cut ? whole.slice(0, room) : whole;
  return {
    text,
    model,
    stopReason: cut ? 'max_tokens' : 'end_turn',
    usage: { inputTokens: promptTokens(request), outputTokens: tokens(text.length) },
  };
}

function tokens(characters: number): number {
  return Math.ceil(characters / ECHO_CHARACTERS_PER_TOKEN);
}
