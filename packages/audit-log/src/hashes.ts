import { createHmac, createSecretKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** SHA-256 of bytes, or of text as UTF-8, in hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** What a key can do. Each use has a key of its own, so that no text a caller chooses yields another's result. */
export interface AuditKey {
  /** Names the key in hashes and lines: 16 hex digits that do not reveal it. */
  readonly id: string;
  /** HMAC-SHA256 of a text under the key itself, 64 hex digits. */
  text(text: string): string;
  /** Authenticates a line of the log. */
  line(text: string): string;
  /** Authenticates the remembered state. */
  seen(text: string): string;
}

/**
 * Makes a key usable.
 *
 * @param bytes At least 32 bytes from a secure random source.
 */
export function makeKey(bytes: Uint8Array): AuditKey {
  const main = createSecretKey(bytes);
  // 0xFF occurs in no UTF-8 text, so no text of an entry can have the HMAC that serves here as a key.
  const derive = (use: string): Buffer => createHmac('sha256', main).update(Buffer.from([0xff])).update(use).digest();
  const lines = createSecretKey(derive('line'));
  const seen = createSecretKey(derive('seen'));
  return {
    id: derive('id').toString('hex', 0, 8),
    text: (text) => hmac(main, text),
    line: (text) => hmac(lines, text),
    seen: (text) => hmac(seen, text),
  };
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** How texts are hashed: keyed, or as plain SHA-256, which lets anyone confirm a guessed text. */
export type TextHash = 'hmac-sha256' | 'sha256';

/** The form in which a text appears in the log: `hmac-sha256:<key id>:<hex>` or `sha256:<hex>`. */
export function textHash(text: string, key: AuditKey, kind: TextHash): string {
  return kind === 'sha256' ? `sha256:${sha256(text)}` : `hmac-sha256:${key.id}:${key.text(text)}`;
}
