import { field } from '../cost.ts';
import type { ProviderResult, TokenUsage } from '../ports.ts';
import { createProviderFailure } from './failure.ts';

/** Reads a whole answer. The API's types are promises, not facts: everything is looked at before it is used. */
export function readMessage(message: unknown): ProviderResult {
  const content = field(message, 'content');
  if (!Array.isArray(content)) throw unreadable(message);
  return {
    text: content.filter((block) => field(block, 'type') === 'text').map((block) => asText(field(block, 'text'))).join(''),
    model: asText(field(message, 'model')),
    stopReason: asText(field(message, 'stop_reason')) || 'unknown',
    ...usagePart(readUsage(field(message, 'usage'))),
  };
}

/** Follows the events of one streamed answer. */
export class StreamReader {
  /** Tokens reported so far. */
  usage: TokenUsage | undefined;
  #text = '';
  #model = '';
  #stopReason = 'unknown';
  #ended = false;

  /** Takes an event and returns its text, often ''. */
  read(event: unknown): string {
    switch (field(event, 'type')) {
      case 'message_start': {
        const message = field(event, 'message');
        this.#model = asText(field(message, 'model'));
        this.usage = readUsage(field(message, 'usage'), this.usage);
        return '';
      }
      case 'content_block_start':
        return this.#take(field(event, 'content_block'), 'text');
      case 'content_block_delta':
        return this.#take(field(event, 'delta'), 'text_delta');
      case 'message_delta':
        this.usage = readUsage(field(event, 'usage'), this.usage);
        this.#stopReason = asText(field(field(event, 'delta'), 'stop_reason')) || this.#stopReason;
        return '';
      case 'message_stop':
        this.#ended = true;
        return '';
      default:
        return '';
    }
  }

  /** The whole answer. @throws where the stream broke off before its end */
  result(): ProviderResult {
    if (!this.#ended) throw createProviderFailure('the stream broke off before the end of the answer');
    return { text: this.#text, model: this.#model, stopReason: this.#stopReason, ...usagePart(this.usage) };
  }

  #take(part: unknown, type: string): string {
    const text = field(part, 'type') === type ? asText(field(part, 'text')) : '';
    this.#text += text;
    return text;
  }
}

/** A report of the API, over what was reported before: its counts are cumulative, `null` says nothing. */
function readUsage(report: unknown, before?: TokenUsage): TokenUsage | undefined {
  const input = field(report, 'input_tokens') ?? before?.inputTokens;
  const output = field(report, 'output_tokens') ?? before?.outputTokens;
  if (typeof input !== 'number' || typeof output !== 'number') return before;
  const created = field(report, 'cache_creation_input_tokens') ?? before?.cacheCreationInputTokens;
  const read = field(report, 'cache_read_input_tokens') ?? before?.cacheReadInputTokens;
  return {
    inputTokens: input,
    outputTokens: output,
    ...(typeof created === 'number' ? { cacheCreationInputTokens: created } : {}),
    ...(typeof read === 'number' ? { cacheReadInputTokens: read } : {}),
  };
}

function usagePart(usage: TokenUsage | undefined): { usage?: TokenUsage } {
  return usage ? { usage } : {};
}

/** An answer with status 200 that is none: an error body, or something else altogether. */
function unreadable(message: unknown): Error {
  const words = field(field(message, 'error'), 'message');
  const usage = readUsage(field(message, 'usage'));
  return createProviderFailure(typeof words === 'string' ? words : 'the answer is not a message', { kind: 'provider_unavailable', usage });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
