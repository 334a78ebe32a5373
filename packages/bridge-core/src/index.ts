/**
 * The loopback HTTP bridge between a sandbox and a language model: sessions, the pipeline of security steps,
 * model providers and the wire protocol.
 */
export { startBridge, SOCKET_HOST } from './bridge.ts';
export type { Bridge } from './bridge.ts';
export type { BridgeOptions, SessionPolicy } from './options.ts';
export type { Session, SessionOptions } from './session/session.ts';
export type { Limits } from './session/quota.ts';
export { BridgeError, ERROR_STATUS, statusOf } from './errors.ts';
export type { BridgeErrorCode, QuotaRemaining } from './errors.ts';
export type * from './ports.ts';
export type * from './types.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export {
  DEFAULT_ALLOWED_MODELS,
  DEFAULT_ALLOWED_SYSTEM_PROMPTS,
  DEFAULT_MAX_TOKENS,
  DEFAULT_MODEL,
  DEFAULT_MODEL_ALIASES,
  DEFAULT_NO_PROVIDER_MESSAGE,
  MAX_MAX_TOKENS,
} from './defaults.ts';
export { estimatePromptTokens, estimateTextTokens, MESSAGE_FRAME_TOKENS, REQUEST_FRAME_TOKENS } from './estimate.ts';
export { canonicalPrompt } from './canonical.ts';
export { createAnthropicProvider } from './providers/anthropic.ts';
export type { AnthropicProviderOptions } from './providers/anthropic.ts';
export { createEchoProvider, ECHO_CHARACTERS_PER_TOKEN, echoPromptTokens } from './providers/echo.ts';
export type { EchoProviderOptions } from './providers/echo.ts';
export { createProviderFailure } from './providers/failure.ts';
export type { ProviderFailure, ProviderFailureFacts } from './providers/failure.ts';
