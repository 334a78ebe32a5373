import { BridgeError } from '../errors.ts';
import type { TokenRegistry } from '../session/token.ts';

/**
 * Step 1: the bearer token names the session. Comparison takes the same time for every wrong token.
 *
 * @throws {BridgeError} `unauthorized`, with the same words whatever was wrong
 */
export function validateToken<T>(registry: TokenRegistry<T>, authorization: string | undefined): T {
  const presented = /^Bearer ([^ ]+)$/i.exec(authorization ?? '')?.[1];
  const session = presented === undefined ? undefined : registry.find(presented);
  if (session === undefined) throw new BridgeError('unauthorized', 'Unauthorized');
  return session;
}
