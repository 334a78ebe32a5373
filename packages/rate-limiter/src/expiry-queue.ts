/** Something with an end of life; the queue keeps its place in `slot`. */
export interface Expiring {
  /** Clock value in ms at which it is over. */
  expiresAt: number;
  /** Place in the queue, −1 outside it. Only the queue writes it. */
  slot: number;
}

/**
 * Items by end of life: a binary heap whose items know their place, so that an ended lease leaves at once
 * and nothing piles up behind a long time-to-live. All operations are O(log n).
 */
export class ExpiryQueue<Item extends Expiring> {
  readonly #heap: Item[] = [];

  /** Number of items waiting. */
  get size(): number {
    return this.#heap.length;
  }

  /** Adds an item. */
  push(item: Item): void {
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Takes an item out; one that is not in the queue is left alone. */
  remove(item: Item): void {
    const slot = item.slot;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#sink(last, slot);
    if (last.slot === slot) this.#rise(last, slot);
  }

  /** Takes out and returns the item that ended first, if one has ended by `now`. */
  popExpired(now: number): Item | undefined {
    const first = this.#heap[0];
    if (first === undefined || !(first.expiresAt <= now)) return undefined;
    this.remove(first);
    return first;
  }

  #rise(item: Item, from: number): void {
    let slot = from;
    while (slot > 0) {
      const up = (slot - 1) >> 1;
      const parent = this.#heap[up];
      if (parent === undefined || parent.expiresAt <= item.expiresAt) break;
      this.#place(parent, slot);
      slot = up;
    }
    this.#place(item, slot);
  }

  #sink(item: Item, from: number): void {
    let slot = from;
    for (;;) {
      let down = 2 * slot + 1;
      let child = this.#heap[down];
      const right = this.#heap[down + 1];
      if (child !== undefined && right !== undefined && right.expiresAt < child.expiresAt) {
        child = right;
        down += 1;
      }
      if (child === undefined || child.expiresAt >= item.expiresAt) break;
      this.#place(child, slot);
      slot = down;
    }
    this.#place(item, slot);
  }

  #place(item: Item, slot: number): void {
    this.#heap[slot] = item;
    item.slot = slot;
  }
}
