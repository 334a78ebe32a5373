/** Lets one holder in at a time, in order of arrival; who waits may give up. */
export class Turnstile {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  /**
   * Waits for the turn; the function returned passes it on.
   *
   * @throws the signal's reason where it fires before the turn comes
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#held) {
      await new Promise<void>((resolve, reject) => {
        const onTurn = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(onTurn), 1);
          reject(signal.reason as Error);
        };
        this.#waiting.push(onTurn);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    }
    this.#held = true;
    let passed = false;
    return () => {
      if (passed) return;
      passed = true;
      const next = this.#waiting.shift();
      // Handed over without letting a newcomer in between.
      if (next) next();
      else this.#held = false;
    };
  }
}
