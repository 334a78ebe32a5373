import { RuntimeError } from './errors.ts';

/**
 * `127.0.0.1:PORT` of a bridge's URL, literally: Deno would read the name localhost as every loopback port.
 *
 * @throws {RuntimeError} `invalid_option` for anything but `http://127.0.0.1:PORT`
 */
export function loopbackAddress(bridgeUrl: string): string {
  const match = /^http:\/\/(127\.0\.0\.1:([1-9]\d{0,4}))\/?$/.exec(bridgeUrl);
  if (!match?.[1] || Number(match[2]) > 65_535) {
    throw new RuntimeError('invalid_option', `bridge.url must be http://127.0.0.1:PORT, got ${String(bridgeUrl)}`);
  }
  return match[1];
}
