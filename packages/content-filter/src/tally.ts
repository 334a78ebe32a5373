import type { FindingType, Violation } from './types.ts';

/** Counts findings per pattern, in the order in which the patterns first came. */
export class Tally {
  readonly #counts = new Map<string, Violation>();

  add(type: FindingType, pattern: string): void {
    const known = this.#counts.get(pattern);
    if (known === undefined) this.#counts.set(pattern, { type, pattern, count: 1 });
    else known.count += 1;
  }

  /** A copy that later findings do not change. */
  list(): Violation[] {
    return Array.from(this.#counts.values(), (violation) => ({ ...violation }));
  }
}
