import type Anthropic from '@anthropic-ai/sdk';
import { type Clock, systemClock } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { Provider, ProviderCallOptions, ProviderRequest, ProviderResult } from '../ports.ts';
import { failureOf } from './anthropic-failure.ts';
import { readMessage, StreamReader } from './anthropic-message.ts';
import { withRetries } from './retry.ts';
import { createScrubber, type Scrubber } from './scrubber.ts';

/** Options of {@link createAnthropicProvider}. */
export interface AnthropicProviderOptions {
  /** Sent as `Authorization: Bearer`; never part of an answer, an error or a log line, in plain or encoded, where it has 8 characters or more. */
  apiKey: string;
  /** With or without a trailing `/v1`. @default 'https://api.anthropic.com' */
  baseUrl?: string;
  /** @default the global fetch */
  fetch?: typeof fetch;
  /** Gets the SDK's warnings, without content. @default nothing */
  log?: (line: string) => void;
  /** Tries after the first, only where provably nothing was done, 0–2. @default 2 */
  maxRetries?: number;
  /** @default the machine's clock */
  clock?: Clock;
  /** Spreads pauses between tries, 0 ≤ n < 1. @default Math.random */
  random?: () => number;
}

/** The SDK's own time-out; the call's deadline always comes first. */
const SDK_TIMEOUT_MS = 24 * 3_600_000;

/**
 * The Anthropic API, or a local server that speaks it, through the official SDK.
 *
 * The SDK is loaded with the first call. It neither retries nor ends a call by itself here: one signal does.
 *
 * @throws {BridgeError} `invalid_options` for an unusable key, base URL or number of retries; the key is not shown
 */
export function createAnthropicProvider(options: AnthropicProviderOptions): Provider {
  const apiKey = checkKey(options.apiKey);
  const scrubber = createScrubber(apiKey);
  const baseURL = normalizeBaseUrl(options.baseUrl ?? 'https://api.anthropic.com');
  const { clock = systemClock, random = Math.random, log = () => undefined, maxRetries = 2 } = options;
  if (!Number.isInteger(maxRetries) || maxRetries < 0 || maxRetries > 2) {
    throw new BridgeError('invalid_options', `maxRetries must be a whole number from 0 to 2, got ${String(maxRetries)}`);
  }
  let loading: Promise<Anthropic> | undefined;
  const client = (): Promise<Anthropic> => (loading ??= load({ apiKey, baseURL, scrubber, log, fetch: options.fetch }));
  const explain = (error: unknown, usage?: ProviderResult['usage']): Error => failureOf(error, scrubber, clock.now(), usage);
  const retried = <T>(attempt: () => Promise<T>, call: ProviderCallOptions): Promise<T> => withRetries(attempt, { ...call, clock, random, maxRetries });

  return {
    name: 'anthropic',
    async complete(request, call) {
      const { messages } = await client();
      return retried(async () => {
        try {
          return scrubbed(readMessage(await messages.create({ ...bodyOf(request), stream: false }, requestOptions(call))), scrubber);
        } catch (error) {
          throw explain(error);
        }
      }, call);
    },
    async *stream(request, call) {
      const { messages } = await client();
      const begun = await retried(async () => {
        const reader = new StreamReader();
        try {
          const events = (await messages.create({ ...bodyOf(request), stream: true }, requestOptions(call)))[Symbol.asyncIterator]();
          // A refusal may still come as the first event; once a message has begun, nothing is tried again.
          return { reader, events, first: await events.next() };
        } catch (error) {
          throw explain(error);
        }
      }, call);
      const { reader, events } = begun;
      const pieces = scrubber.stream();
      try {
        for (let next = begun.first; next.done !== true; next = await events.next()) {
          const text = pieces.write(reader.read(next.value));
          if (text !== '') yield { text };
        }
        const rest = pieces.end();
        if (rest !== '') yield { text: rest };
        yield { done: scrubbed(reader.result(), scrubber) };
      } catch (error) {
        // What was held back belongs to what came before the failure.
        const rest = pieces.end();
        if (rest !== '') yield { text: rest };
        throw explain(error, reader.usage);
      } finally {
        await events.return?.();
      }
    },
    async countTokens(request, call) {
      const { messages } = await client();
      const { model, system, messages: turns } = bodyOf(request);
      try {
        const count = await messages.countTokens({ model, messages: turns, ...(system === undefined ? {} : { system }) }, requestOptions(call));
        return count.input_tokens;
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

function bodyOf(request: ProviderRequest): { model: string; max_tokens: number; messages: ProviderRequest['messages']; system?: string } {
  const { model, maxTokens, messages, systemPrompt } = request;
  return { model, max_tokens: maxTokens, messages, ...(systemPrompt === '' ? {} : { system: systemPrompt }) };
}

/** An answer without the key, which an upstream may echo. */
function scrubbed(result: ProviderResult, { text }: Scrubber): ProviderResult {
  return { ...result, text: text(result.text), model: text(result.model), stopReason: text(result.stopReason) };
}

function requestOptions(call: ProviderCallOptions): { signal: AbortSignal; timeout: number; maxRetries: 0 } {
  return { signal: call.signal, timeout: SDK_TIMEOUT_MS, maxRetries: 0 };
}

async function load(given: { apiKey: string; baseURL: string; scrubber: Scrubber; log: (line: string) => void; fetch: typeof fetch | undefined }): Promise<Anthropic> {
  const { Anthropic: Client } = await import('@anthropic-ai/sdk');
  // Only the SDK's own words: further arguments hold requests and answers.
  const line = (message: string): void => given.log(`anthropic: ${given.scrubber.text(message)}`);
  const logger = { error: line, warn: line, info: line, debug: line };
  const { apiKey, baseURL } = given;
  return new Client({ apiKey, baseURL, maxRetries: 0, logger, logLevel: 'warn', ...(given.fetch ? { fetch: given.fetch } : {}) });
}

/** The SDK appends `/v1/…` itself. */
function normalizeBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new BridgeError('invalid_options', `baseUrl must be an http or https URL without user, query and fragment, got ${url?.username || url?.password ? 'one with a user' : JSON.stringify(baseUrl)}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function checkKey(key: string): string {
  const trimmed = typeof key === 'string' ? key.trim() : '';
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new BridgeError('invalid_options', trimmed === '' ? 'apiKey is empty: give the Anthropic API key' : 'apiKey holds characters that no HTTP header can carry');
}
