import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: however many callers wait, one `fdatasync` runs at a time, and each serves all who wrote before it began.
 */
export class GroupSync {
  readonly #fd: () => number;
  readonly #onFailure: () => void;
  #waiting: Waiter[] = [];
  #running: Promise<void> | undefined;

  /**
   * @param fd The descriptor to sync, asked anew each time.
   * @param onFailure Called when a sync failed, before its callers hear of it.
   */
  constructor(fd: () => number, onFailure: () => void) {
    this.#fd = fd;
    this.#onFailure = onFailure;
  }

  /** Resolves when everything written before this call is on the disk. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when no sync is under way or due. Never rejects. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Callers of the same turn join the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await sync(this.#fd());
        for (const { resolve } of group) resolve();
      } catch (error) {
        this.#onFailure();
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }
}
