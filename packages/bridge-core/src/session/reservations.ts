import type { CallScope } from './scope.ts';
import type { Held, Refused, SessionQuota } from './quota.ts';
import { Turnstile } from './turnstile.ts';

/** How often an amount that the limiter itself named is tried before the call is refused. */
const MAX_FITTINGS = 3;

/** What a call needs. */
export interface TokenNeed {
  /** Estimated prompt tokens. */
  promptTokens: number;
  /** Upper bound of the answer. */
  maxTokens: number;
  /** Smallest useful answer. */
  floor: number;
  /** The exact prompt tokens, where the provider can tell; undefined where it fails. */
  count?: () => Promise<number | undefined>;
}

/** A call's reservation: one round and its tokens. */
export interface CallReservation {
  /** Tokens reserved, prompt and answer. */
  readonly tokens: number;
  /** What is left for the answer; less than asked where it was shrunk. */
  readonly maxTokens: number;
  /** The round is kept, the tokens become `tokens`. */
  settle(tokens: number): Promise<void>;
  /** Round and tokens go back. */
  release(): Promise<void>;
}

/** All reservations of one session: who waits for whom. */
export class Reservations {
  readonly #quota: SessionQuota;
  readonly #turnstile = new Turnstile();
  #inFlight = 0;
  #inFlightTokens = 0;
  #ended = 0;
  /** Calls between asking the limiter and holding what it granted. */
  #entering = 0;
  #onEnd: (() => void) | undefined;

  constructor(quota: SessionQuota) {
    this.#quota = quota;
  }

  /**
   * Refuses without reserving where nothing is left at all, so that a call which could not run anyway is not looked at further.
   *
   * @throws {BridgeError} `rate_limited`, `token_budget`, `limiter_unavailable`
   */
  async check(scope: CallScope): Promise<void> {
    const { limits } = this.#quota;
    const used = await this.#quota.look(scope);
    if (used.rounds >= limits.rounds) throw this.#quota.roundsExhausted(0);
    if (used.tokens >= limits.tokens && this.#inFlight + this.#entering === 0) throw this.#quota.tokensExhausted(0);
  }

  /**
   * Refuses a call that would not fit even if every reservation in flight were given back.
   *
   * @throws {BridgeError} `token_budget`, `limiter_unavailable`, or the scope's own error where it ends first
   */
  async checkLeast(tokens: number, scope: CallScope): Promise<void> {
    const { limits } = this.#quota;
    const endedBefore = this.#ended;
    const used = await this.#quota.look(scope);
    // While reservations come and go, the account may hold some that are not known here, so only the whole budget is certain.
    const moving = this.#entering > 0 || endedBefore !== this.#ended;
    const room = moving ? limits.tokens : limits.tokens - used.tokens + this.#inFlightTokens;
    if (tokens > room) throw this.#quota.tokensExhausted(Math.max(0, limits.tokens - used.tokens));
  }

  /**
   * Takes one round, then the tokens, waiting in order of arrival for reservations in flight.
   *
   * @throws {BridgeError} `rate_limited`, `token_budget`, `limiter_unavailable`, or the scope's own error where it ends first
   */
  async reserve(need: TokenNeed, scope: CallScope): Promise<CallReservation> {
    this.#entering++;
    try {
      return await this.#enter(need, scope);
    } finally {
      this.#entering--;
    }
  }

  async #enter(need: TokenNeed, scope: CallScope): Promise<CallReservation> {
    const round = await this.#quota.reserveRound(scope);
    if (!isHeld(round)) throw this.#quota.roundsExhausted(round.remaining);
    let outcome: CallReservation | Refused | undefined;
    try {
      const leave = await this.#turnstile.enter(scope.signal);
      try {
        outcome = await this.#reserveTokens(need, scope, round);
      } finally {
        leave();
      }
    } finally {
      // The round goes back before the refusal says what is left.
      if (outcome === undefined || 'remaining' in outcome) {
        await this.#quota.end(round.lease, 'release');
        await this.#quota.refresh();
      }
    }
    if ('remaining' in outcome) throw this.#quota.tokensExhausted(outcome.remaining);
    return outcome;
  }

  async #reserveTokens(need: TokenNeed, scope: CallScope, round: Held): Promise<CallReservation | Refused> {
    let { promptTokens } = need;
    let { count } = need;
    for (let fittings = 0; ; ) {
      scope.check();
      const endedBefore = this.#ended;
      const busy = this.#inFlight > 0;
      const least = promptTokens + Math.min(need.floor, need.maxTokens);
      const want = promptTokens + need.maxTokens;
      let reply = await this.#quota.reserveTokens(scope, want, busy ? undefined : least);
      // A reservation that ended meanwhile makes the refusal stale.
      if (!isHeld(reply) && endedBefore !== this.#ended) continue;
      if (!isHeld(reply) && busy && least <= reply.remaining + this.#inFlightTokens) {
        await this.#nextEnd(scope, endedBefore);
        continue;
      }
      if (!isHeld(reply) && !busy && reply.remaining >= least && fittings++ < MAX_FITTINGS) {
        // This limiter does not shrink by itself: ask for what it says is left.
        reply = await this.#quota.reserveTokens(scope, Math.min(want, reply.remaining));
        if (!isHeld(reply)) continue;
      }
      if (isHeld(reply)) {
        if (reply.granted >= least) return this.#hold(round, reply, promptTokens);
        // A limiter that grants less than was agreed would leave an answer without room.
        await this.#quota.end(reply.lease, 'release');
        return { remaining: reply.granted };
      }
      const exact = await count?.();
      count = undefined;
      if (exact === undefined || exact >= promptTokens) return { remaining: reply.remaining };
      promptTokens = exact;
    }
  }

  /** Resolves when a reservation in flight ends; only the holder of the turnstile waits here. */
  async #nextEnd(scope: CallScope, endedBefore: number): Promise<void> {
    if (endedBefore !== this.#ended) return;
    await scope.race(
      new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      }),
    );
  }

  #hold(round: Held, tokens: Held, promptTokens: number): CallReservation {
    this.#inFlight++;
    this.#inFlightTokens += tokens.granted;
    let over = false;
    const end = async (outcome: number | 'release'): Promise<void> => {
      if (over) return;
      over = true;
      await Promise.all([
        this.#quota.end(tokens.lease, outcome),
        this.#quota.end(round.lease, outcome === 'release' ? 'release' : 0),
      ]);
      this.#inFlight--;
      this.#inFlightTokens -= tokens.granted;
      this.#ended++;
      this.#onEnd?.();
      this.#onEnd = undefined;
      await this.#quota.refresh();
    };
    return {
      tokens: tokens.granted,
      maxTokens: tokens.granted - promptTokens,
      settle: (actual) => end(actual),
      release: () => end('release'),
    };
  }
}

function isHeld(reply: Held | Refused): reply is Held {
  return 'lease' in reply;
}
