/** A caller's place in the line of {@link Turns}. */
export interface Turn {
  /** Resolves when its turn has come; never rejects. */
  readonly come: Promise<void>;
  /** Ends it, whether it waits or holds a place; the place goes to the next. Calling it again does nothing. */
  leave(): void;
}

/**
 * Lets at most `places` callers in at a time. The others wait: the groups they belong to take turns, and within a group
 * it goes by arrival, so that a group with many callers delays another by no more than one of them.
 */
export class Turns {
  #free: number;
  /** Who waits, by group; the group whose turn is next comes first, and none is empty. */
  readonly #waiting = new Map<object, Set<() => void>>();

  /** @param places At least 1. */
  constructor(places: number) {
    this.#free = places;
  }

  /** Joins the line. @param group Told apart by identity; kept only as long as a member waits. */
  join(group: object): Turn {
    const { promise: come, resolve } = Promise.withResolvers<void>();
    let state: 'waiting' | 'in' | 'gone' = 'waiting';
    const enter = (): void => {
      state = 'in';
      resolve();
    };
    if (this.#free > 0) {
      this.#free--;
      enter();
    } else {
      const members = this.#waiting.get(group) ?? new Set();
      this.#waiting.set(group, members.add(enter));
    }
    const leave = (): void => {
      if (state === 'waiting') this.#strike(group, enter);
      else if (state === 'in') this.#next();
      state = 'gone';
    };
    return { come, leave };
  }

  #strike(group: object, enter: () => void): void {
    const members = this.#waiting.get(group);
    members?.delete(enter);
    if (members?.size === 0) this.#waiting.delete(group);
  }

  #next(): void {
    for (const [group, members] of this.#waiting) {
      this.#waiting.delete(group);
      for (const enter of members) {
        members.delete(enter);
        if (members.size > 0) this.#waiting.set(group, members);
        return enter();
      }
    }
    this.#free++;
  }
}
