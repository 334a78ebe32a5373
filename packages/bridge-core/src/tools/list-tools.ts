import { BridgeError } from '../errors.ts';
import type { SessionState } from '../session/session.ts';
import { CallScope } from '../session/scope.ts';
import { encodeResult } from './tool-result.ts';

/**
 * One `GET /tools`: what this session may call, as JSON text of an array. Without tools it is empty.
 *
 * @throws {BridgeError} `tool_unavailable` where the port fails
 */
export async function listTools(session: SessionState, query: string | undefined, client: AbortSignal): Promise<string> {
  if (!session.tools) return '[]';
  const scope = new CallScope(session.options.clock, undefined);
  scope.follow(client, 'client_gone');
  scope.follow(session.closing, 'session_closed');
  const { tools } = session;
  const list = async (): Promise<unknown> => tools.list(query);
  try {
    return encodeResult('the tool list', await scope.race(list()));
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    session.options.log(`tools: the list is not available: ${String(error)}`);
    throw new BridgeError('tool_unavailable', 'The list of tools is not available', { cause: error });
  } finally {
    scope.dispose();
  }
}
