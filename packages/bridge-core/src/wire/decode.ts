import { BridgeError } from '../errors.ts';
import { isDeeperThan, MAX_JSON_DEPTH } from './json-depth.ts';

/**
 * Bytes to a JSON value: UTF-8 without repair, depth before parsing.
 *
 * @throws {BridgeError} `invalid_request`
 */
export function decodeJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BridgeError('invalid_request', 'Invalid request: the body is not valid UTF-8');
  }
  if (isDeeperThan(text)) throw new BridgeError('invalid_request', `Invalid request: the body is nested deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BridgeError('invalid_request', text === '' ? 'Invalid request: the body is empty' : 'Invalid request: the body is not valid JSON');
  }
}
