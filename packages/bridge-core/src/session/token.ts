import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The form of a token: 256 bits as 43 base64url characters. */
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new session token: 256 random bits, 43 base64url characters. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a token. */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Sessions by the digest of their token; tokens themselves are not kept. */
export class TokenRegistry<T> {
  readonly #byDigest = new Map<string, { digest: Buffer; value: T }>();
  // Compared against where the digest is unknown, so that both cases do the same work.
  readonly #nobody = randomBytes(32);

  /** Makes a token valid for `value`; the function returned revokes it. */
  add(token: string, value: T): () => void {
    const digest = digestOf(token);
    const key = digest.toString('base64');
    this.#byDigest.set(key, { digest, value });
    return () => void this.#byDigest.delete(key);
  }

  /**
   * The value of a presented token, or undefined.
   *
   * `timingSafeEqual` refuses unequal lengths, so the form is checked first; the map is keyed by SHA-256,
   * whose value a client cannot steer towards another's.
   */
  find(presented: string): T | undefined {
    if (!TOKEN_FORM.test(presented)) return undefined;
    const digest = digestOf(presented);
    const entry = this.#byDigest.get(digest.toString('base64'));
    const equal = timingSafeEqual(digest, entry?.digest ?? this.#nobody);
    return equal ? entry?.value : undefined;
  }
}
