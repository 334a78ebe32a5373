import type { CallScope } from './scope.ts';
import { Turnstile } from './turnstile.ts';

/** Characters that one session may have filtered before the event loop gets its turn. */
export const TURN_CHARACTERS = 65_536;

/** Shares the event loop: however many calls of a session are filtered at once, others come between. */
export class Pace {
  readonly #turnstile = new Turnstile();
  readonly #never = new AbortController().signal;
  #spent = 0;

  /**
   * Returns once this many characters may be worked on; at once while the turn lasts.
   * Without a scope the wait cannot be stopped.
   *
   * @throws {BridgeError} the scope's own error where it ends first
   */
  async take(characters: number, scope?: CallScope): Promise<void> {
    scope?.check();
    if (this.#spent + characters <= TURN_CHARACTERS) {
      this.#spent += characters;
      return;
    }
    const leave = await this.#turnstile.enter(scope?.signal ?? this.#never);
    try {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      this.#spent = characters;
    } finally {
      leave();
    }
    scope?.check();
  }
}
