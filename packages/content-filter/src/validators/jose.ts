const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Sextet per character code of base64url, 255 for every other code below 128. */
const SEXTETS: Uint8Array = new Uint8Array(128).fill(255);
for (let value = 0; value < ALPHABET.length; value += 1) SEXTETS[ALPHABET.charCodeAt(value)] = value;

/** Header parameters that may come first: https://www.iana.org/assignments/jose/jose.xhtml */
const FIRST_NAMES =
  /^\{"(?:alg|enc|typ|cty|kid|jku|jwk|x5u|x5c|x5t|x5t#S256|crit|zip|epk|apu|apv|iv|tag|p2s|p2c|b64|url|nonce|ppt|svt)"/;
/** An object that begins with a plain name, perhaps cut off. */
const FIRST_KEY = /^\{"[\w#.-]+(?:"|$)/;
const ALGORITHM = /"(?:alg|enc)"\s*:/;

/**
 * Whether the base64url text in [from, to) decodes to the (beginning of the) header of a signed or encrypted token,
 * not to any other JSON object such as an inlined source map.
 */
export function isJoseHeader(text: string, from: number, to: number): boolean {
  // Most of what is no header shows in its first characters, long before all of it is decoded.
  if (!FIRST_KEY.test(decodeAscii(text, from, Math.min(to, from + 32)))) return false;
  const json = decodeAscii(text, from, to);
  return FIRST_NAMES.test(json) || ALGORITHM.test(json);
}

/** Decodes up to the first byte that is no text; bytes beyond ASCII stay as they are. */
function decodeAscii(text: string, from: number, to: number): string {
  let json = '';
  let bits = 0;
  let held = 0;
  for (let i = from; i < to; i += 1) {
    bits = ((bits << 6) | (SEXTETS[text.charCodeAt(i)] ?? 0)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    const isControl = byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d;
    if (isControl) break;
    json += String.fromCharCode(byte);
  }
  return json;
}
