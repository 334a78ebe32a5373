/** A count that can be waited for. */
export class Tally {
  #count = 0;
  #waiting: { least: number; resolve: () => void }[] = [];

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count++;
    const [due, later] = [this.#waiting.filter(({ least }) => least <= this.#count), this.#waiting.filter(({ least }) => least > this.#count)];
    this.#waiting = later;
    for (const { resolve } of due) resolve();
  }

  /** Resolves once the count is at least `least`. */
  reached(least: number): Promise<void> {
    if (this.#count >= least) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push({ least, resolve }));
  }
}
