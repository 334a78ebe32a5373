import { Buffer } from 'node:buffer';

/**
 * Bytes up to a limit, in one buffer that doubles: a list of pieces would cost a hundred bytes of overhead, and
 * joining them quadratic time, where a program prints byte by byte.
 */
export class ByteStore {
  readonly #limit: number;
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  /** @param limit bytes that are kept at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes kept. */
  get length(): number {
    return this.#length;
  }

  /** Keeps what fits; returns how many bytes did not. */
  append(bytes: Buffer): number {
    const part = bytes.subarray(0, this.#limit - this.#length);
    const needed = this.#length + part.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.min(this.#limit, Math.max(needed, this.#buffer.length * 2, 1_024)));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    part.copy(this.#buffer, this.#length);
    this.#length = needed;
    return bytes.length - part.length;
  }

  /** What was kept; valid until the next call of this store. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Forgets everything and gives the memory back. */
  clear(): void {
    this.#buffer = Buffer.alloc(0);
    this.#length = 0;
  }
}
