/**
 * What the bridge needs from others, as small interfaces of its own.
 * The security layers satisfy them structurally; this package imports none of them.
 */

/** How often one rule of a filter fired, never what it matched. */
export interface Violation {
  /** `secret` for credentials, `pii` for personal data. */
  type: 'secret' | 'pii';
  /** Name of the rule, for example `openai_key`. */
  pattern: string;
  /** Number of places. */
  count: number;
}

/** A filter over one text that arrives in pieces. */
export interface FilterStream {
  /** Takes the next piece and returns what may be shown so far (often less than was given). */
  write(chunk: string): string;
  /** Ends the text and returns the rest. */
  end(): string;
  /** What was found so far; without it the bridge filters the whole text once more to learn it. */
  violations?(): Violation[];
}

/** Finds and replaces secrets and personal data. */
export interface FilterPort {
  /** Filters a whole text. */
  redact(text: string): { text: string; violations: Violation[] };
  /** Says what is found and where, in UTF-16 offsets; lets the bridge redact secrets and leave personal data. */
  scan?(text: string): { type: 'secret' | 'pii'; pattern: string; start: number; end: number }[];
  /** Filters a text piece by piece; the pieces returned, joined, equal `redact` of the whole. */
  createStream(): FilterStream;
}

/** Amounts of a limiter: rounds are calls, tokens are the provider's tokens. */
export interface Amounts {
  rounds?: number;
  tokens?: number;
}

/** A granted reservation. It ends exactly once: by `settle` or by `release`. */
export interface LeasePort {
  /** What was granted, where it may be less than was asked. */
  granted?: Amounts;
  /** Keeps the rounds and replaces the reserved tokens by the tokens really used. */
  settle(actual: { tokens?: number }): Promise<void>;
  /** Gives everything back. */
  release(): Promise<void>;
}

/** What a limiter is asked for. */
export interface ReserveRequest {
  /** Idempotency id. */
  id?: string;
  /** The keys to charge, each with its limits. */
  scopes: { key: string; limits: Amounts }[];
  /** How much. */
  amounts: Amounts;
  /** Shrink to fit: grant the largest amount that fits, but at least this. */
  atLeast?: { tokens: number };
  /** Milliseconds after which an unended lease is charged as reserved. */
  ttlMs?: number;
}

/** A refusal of a limiter. */
export interface LimiterDenial {
  ok: false;
  /** The key that was exhausted. */
  scope: string;
  dimension: 'rounds' | 'tokens';
  /** What is left of that dimension, reservations counted as used. */
  remaining: number;
  /** Milliseconds until a new try may succeed, where the limiter knows. */
  retryAfterMs?: number;
}

/** An exact ledger: reserve before the call, settle or release after it. */
export interface LimiterPort {
  reserve(request: ReserveRequest): Promise<{ ok: true; lease: LeasePort } | LimiterDenial>;
  /** Spent and reserved amounts of a key. */
  usage(key: string): Promise<{ rounds: number; tokens: number }>;
}

/** A violation with the direction in which it was found. */
export interface DirectedViolation extends Violation {
  direction?: 'prompt' | 'response';
}

/** One model call, for the audit log. The log stores hashes of the texts only. */
export interface SamplingAuditEntry {
  kind: 'sampling';
  executionId: string;
  /** Ordinal of the round that the call took; 0 where it was refused before it took one. */
  round: number;
  /**
   * `refused: NAME` where a call was refused with a name that is not on the list: the program may have written anything
   * there, and an audit log should not keep such a name as it is.
   */
  model: string;
  /** Canonical form of what was sent, after filtering ({@link canonicalPrompt}); '' where nothing was to be sent. */
  prompt: string;
  /** The text that was delivered, after filtering; '' where none was. */
  response: string;
  tokensUsed: number;
  /** Whole milliseconds. */
  durationMs: number;
  status: 'success' | 'error';
  errorCode?: string;
  contentViolations: DirectedViolation[];
}

/** One tool call, for the audit log. */
export interface ToolAuditEntry {
  kind: 'tool';
  executionId: string;
  /** `refused: NAME` where no tool was reached (not allowed, not found, wrong arguments, limit), for the same reason. */
  tool: string;
  /** The arguments as JSON. */
  arguments: string;
  /** The delivered result as JSON; '' where none was. */
  response: string;
  /** Whole milliseconds. */
  durationMs: number;
  status: 'success' | 'error';
  errorCode?: string;
  contentViolations: DirectedViolation[];
}

/** Everything that the bridge hands to an audit log. */
export type AuditEntryInput = SamplingAuditEntry | ToolAuditEntry;

/** An audit log; `append` resolves once the entry is kept. */
export interface AuditPort {
  append(entry: AuditEntryInput): Promise<void>;
}

/** A tool as user code sees it. */
export interface ToolDescription {
  name: string;
  description: string;
  inputSchema: unknown;
  outputSchema?: unknown;
}

/** The tools that one execution may call. Errors carry a `code` that begins with `tool_` and a message for user code. */
export interface ToolPort {
  call(name: string, args: Record<string, unknown>, context: { signal: AbortSignal }): Promise<unknown>;
  list(query?: string): Promise<ToolDescription[]>;
}

/** What a provider is asked. */
export interface ProviderRequest {
  model: string;
  /** Upper bound of the answer in tokens. */
  maxTokens: number;
  /** '' for none. */
  systemPrompt: string;
  messages: ProviderMessage[];
}

/** One turn of a conversation, its blocks joined. */
export interface ProviderMessage {
  role: 'user' | 'assistant';
  content: string;
}

/** Tokens that a provider reports. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
  cacheCreationInputTokens?: number;
  cacheReadInputTokens?: number;
}

/** A provider's answer. */
export interface ProviderResult {
  text: string;
  /** The model that answered, as reported. */
  model: string;
  /** For example `end_turn` or `max_tokens`. */
  stopReason: string;
  /** Absent where the provider does not tell; the reservation is then charged. */
  usage?: TokenUsage;
}

/** What a provider gets beside the request. */
export interface ProviderCallOptions {
  /** Fires at the call's deadline, when the client is gone and when the session ends. */
  signal: AbortSignal;
  /** Milliseconds left of the call's deadline when it was handed over; a retry that cannot end in time is not worth its wait. */
  timeoutMs?: number;
}

/**
 * A language model behind any interface.
 *
 * A failure is an error with, where known, `status` (HTTP), `code` (for example `ECONNREFUSED`) or `kind`
 * (a code of {@link ProviderFailureCode}), and `usage` where tokens were reported before it failed.
 */
export interface Provider {
  name: string;
  complete(request: ProviderRequest, options: ProviderCallOptions): Promise<ProviderResult>;
  /** Pieces of the answer, then `done` as the last item. */
  stream?(request: ProviderRequest, options: ProviderCallOptions): AsyncIterable<{ text: string } | { done: ProviderResult }>;
  /** The exact number of prompt tokens, asked only where the estimate does not fit the budget. */
  countTokens?(request: ProviderRequest, options: ProviderCallOptions): Promise<number>;
}

/** Kinds of provider failure that user code can tell apart. */
export type ProviderFailureCode =
  | 'overloaded'
  | 'provider_rate_limited'
  | 'provider_auth'
  | 'provider_unavailable'
  | 'provider_bad_request'
  | 'timeout';
