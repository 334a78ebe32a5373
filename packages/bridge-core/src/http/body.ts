import type { IncomingMessage, ServerResponse } from 'node:http';
import { BridgeError } from '../errors.ts';
import type { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import { decodeJson } from '../wire/decode.ts';

/** How many whole bodies a session may have in memory at a time. */
const BODIES_IN_FLIGHT = 4;

/** A request whose body was not touched yet. */
export interface PendingBody {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** True where the client waits for `100 Continue`. */
  expectsContinue: boolean;
}

/**
 * Reads a JSON body of at most `limit` bytes, only now, after authentication: limit, type, UTF-8, depth.
 *
 * @throws {BridgeError} `body_too_large`, `unsupported_media_type`, `invalid_request`, or the scope's error
 */
export async function readJson(body: PendingBody, session: SessionState, scope: CallScope, limit: number): Promise<unknown> {
  const { headers } = body.incoming;
  const inFlight = Math.max(session.options.maxBodyBytes, session.options.maxPromptBytes) * BODIES_IN_FLIGHT;
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(headers['content-type'] ?? '')) {
    throw new BridgeError('unsupported_media_type', 'The body must be application/json in UTF-8');
  }
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) throw new BridgeError('unsupported_media_type', 'The body must not be compressed');
  if (body.expectsContinue) body.outgoing.writeContinue();
  let counted = 0;
  try {
    const chunks = await collect(body.incoming, scope, (length) => {
      counted += length;
      session.bodyBytes += length;
      if (counted > limit) throw tooLarge(limit);
      if (session.bodyBytes > inFlight) throw new BridgeError('body_too_large', `Request bodies in flight exceed ${inFlight} bytes`);
    });
    return decodeJson(Buffer.concat(chunks));
  } finally {
    session.bodyBytes -= counted;
  }
}

function collect(incoming: IncomingMessage, scope: CallScope, count: (length: number) => void): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const finish = (settle: () => void): void => {
      incoming.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      scope.signal.removeEventListener('abort', onStop);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      try {
        count(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        incoming.pause();
        finish(() => reject(error as Error));
      }
    };
    const onEnd = (): void => finish(() => resolve(chunks));
    const onClose = (): void => finish(() => reject(new BridgeError('cancelled', 'The client closed the connection')));
    const onStop = (): void => finish(() => reject(scope.error()));
    if (scope.signal.aborted) return onStop();
    incoming.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
    scope.signal.addEventListener('abort', onStop, { once: true });
  });
}

function tooLarge(limit: number): BridgeError {
  return new BridgeError('body_too_large', `The body is larger than ${limit} bytes`);
}
