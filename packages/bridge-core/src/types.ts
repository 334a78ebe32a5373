import type { ProviderMessage, TokenUsage } from './ports.ts';

/** Roles that user code may send. */
export type MessageRole = 'user' | 'assistant' | 'system';

/** One message of a sampling request, as it comes over the wire. */
export interface WireMessage {
  role: MessageRole;
  content: string | { type: 'text'; text: string }[];
}

/** Body of `POST /sample`. */
export interface SampleRequest {
  messages: WireMessage[];
  model?: string;
  /** 1–10000. @default 1000 */
  maxTokens?: number;
  systemPrompt?: string;
  /** Answer as server-sent events. @default false */
  stream?: boolean;
}

/** Token usage as it goes over the wire. */
export interface WireUsage extends TokenUsage {
  /** True where the provider reported nothing and the reservation was charged. */
  estimated?: true;
}

/** What remains of a session's limits (`null`: unlimited). The state with the highest `sequence` is the newest. */
export interface WireBudget {
  sequence: number;
  rounds: number | null;
  tokens: number | null;
}

/** What remains of a session's limits (`Infinity`: unlimited). */
export interface Budget {
  /** Grows with every change. */
  sequence: number;
  rounds: number;
  tokens: number;
}

/** A successful answer of `POST /sample`, and the data of the `done` event. */
export interface SampleResponse {
  response: string;
  /** All kinds of tokens together. */
  tokensUsed: number;
  /** Whole milliseconds from the request's arrival to the settled answer. */
  durationMs: number;
  model: string;
  stopReason: string;
  usage: WireUsage;
  budget: WireBudget;
}

/** One model call of a session, as its caller gets it: filtered, refusals and failures included. */
export interface SamplingCall {
  model: string;
  /** As asked, filtered, system text first; empty for a refused call of more than 4,096 characters and beyond what a session keeps. */
  messages: (ProviderMessage | { role: 'system'; content: string })[];
  /** '' on error. */
  response: string;
  /** Whole milliseconds. */
  durationMs: number;
  tokensUsed: number;
  /** ISO 8601, UTC, when the call arrived. */
  timestamp: string;
  error?: { code: string; message: string };
}

/** Sums over a session. */
export interface SamplingMetrics {
  /** Calls that were handed to the provider. */
  totalRounds: number;
  totalTokens: number;
  /** Sum over the calls, milliseconds. */
  totalDurationMs: number;
  /** 0 without rounds. */
  averageTokensPerRound: number;
  /** `Infinity` where the session has no limit. */
  quotaRemaining: { rounds: number; tokens: number };
}

/** Sums over one tool of a session. */
export interface ToolCallSummary {
  tool: string;
  calls: number;
  errors: number;
  /** Milliseconds. */
  totalDurationMs: number;
}

/** Something that the caller of an execution should know. */
export interface Warning {
  code: string;
  message: string;
}
