import { BridgeError } from '../errors.ts';
import { checkPolicy, integer, type ResolvedOptions, type SessionPolicy } from '../options.ts';
import type { ToolPort } from '../ports.ts';
import type { Budget, SamplingCall, SamplingMetrics, ToolCallSummary, Warning, WireBudget } from '../types.ts';
import { CallLog } from './call-log.ts';
import { Pace } from './pace.ts';
import { type Limits, SessionQuota } from './quota.ts';
import { Reservations } from './reservations.ts';
import { createToken } from './token.ts';

/** Options of `openSession`. */
export interface SessionOptions extends SessionPolicy {
  /** Names the execution in the audit log and is its key in the limiter; 1–256 characters. */
  executionId: string;
  /** Whole numbers, 0 or more; needs a limiter. @default unlimited */
  limits?: Limits;
  /** False: every model call is `sampling_disabled`. @default true */
  sampling?: boolean;
  /** @default no tools */
  tools?: ToolPort;
  /** Calls that may be handed to the tools. @default unlimited */
  maxToolCalls?: number;
}

/** One execution's access to the bridge. */
export interface Session {
  /** 43 base64url characters; whoever holds it is this session. */
  readonly token: string;
  /** What remains, reservations counted as used. */
  budget(): Budget;
  metrics(): SamplingMetrics;
  /** Model calls in the order in which they ended, refusals and failures included. */
  calls(): SamplingCall[];
  toolCalls(): ToolCallSummary[];
  warnings(): Warning[];
  /** Revokes the token, stops running calls and resolves when none is left; safe to call twice. */
  close(): Promise<void>;
}

/** The inner side of a session, which the pipeline works on. */
export class SessionState {
  readonly token: string = createToken();
  readonly executionId: string;
  readonly sampling: boolean;
  readonly tools: ToolPort | undefined;
  readonly maxToolCalls: number;
  readonly options: ResolvedOptions;
  readonly policy: Required<SessionPolicy>;
  readonly log: CallLog = new CallLog();
  readonly pace: Pace = new Pace();
  readonly quota: SessionQuota | undefined;
  readonly reservations: Reservations | undefined;
  /** Calls handed to the provider so far. */
  rounds = 0;
  /** Calls handed to the tools so far. */
  toolCallCount = 0;
  /** Bytes of request bodies in memory. */
  bodyBytes = 0;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** @throws {BridgeError} `invalid_options` */
  constructor(options: ResolvedOptions, own: SessionOptions) {
    if (typeof own.executionId !== 'string' || own.executionId.length < 1 || own.executionId.length > 256) {
      throw new BridgeError('invalid_options', `executionId must be a string of 1 to 256 characters, got ${JSON.stringify(own.executionId)}`);
    }
    this.options = options;
    this.policy = checkPolicy(own, options);
    this.executionId = own.executionId;
    this.sampling = own.sampling ?? true;
    this.tools = own.tools;
    this.maxToolCalls = own.maxToolCalls === undefined ? Number.POSITIVE_INFINITY : integer('maxToolCalls', own.maxToolCalls, 0, Number.MAX_SAFE_INTEGER);
    if (own.limits === undefined) return;
    const limits = {
      rounds: integer('limits.rounds', own.limits.rounds, 0, Number.MAX_SAFE_INTEGER),
      tokens: integer('limits.tokens', own.limits.tokens, 0, Number.MAX_SAFE_INTEGER),
    };
    if (!options.limiter) {
      throw new BridgeError('invalid_options', `limits {rounds: ${limits.rounds}, tokens: ${limits.tokens}} need a limiter: pass one to startBridge, or open the session without limits`);
    }
    this.quota = new SessionQuota(options.limiter, own.executionId, limits, options.clock, options.log);
    this.reservations = new Reservations(this.quota);
  }

  /** Fires when the session is being closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Counts `work` as running until it ends. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = (): void => void this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Stops running calls and resolves when none is left. */
  async stop(): Promise<void> {
    this.#closing.abort();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  budget(): Budget {
    return this.quota?.budget() ?? { sequence: 0, rounds: Number.POSITIVE_INFINITY, tokens: Number.POSITIVE_INFINITY };
  }

  wireBudget(): WireBudget {
    const { sequence, rounds, tokens } = this.budget();
    return { sequence, rounds: Number.isFinite(rounds) ? rounds : null, tokens: Number.isFinite(tokens) ? tokens : null };
  }

  metrics(): SamplingMetrics {
    const { rounds, tokens, durationMs } = this.log.totals();
    const remaining = this.budget();
    return {
      totalRounds: rounds,
      totalTokens: tokens,
      totalDurationMs: durationMs,
      averageTokensPerRound: rounds === 0 ? 0 : tokens / rounds,
      quotaRemaining: { rounds: remaining.rounds, tokens: remaining.tokens },
    };
  }
}
