import { ToolGatewayError } from './errors.ts';
import { oneLine } from './show.ts';

/** Longest text of a failed tool that is handed on, in UTF-16 units. */
const MAX_TEXT = 8192;

/** Says why a server cannot be reached, without what only the operator may see (addresses, commands, its output). */
export function describeFailure(error: unknown): string {
  const { code, message } = facts(error);
  if (code === 'ENOENT') return 'its command was not found';
  if (code === 'EACCES') return 'its command may not be executed';
  if (/^it (?:ended before it was ready|did not answer within)/u.test(message)) return message;
  if (message.startsWith('Streamable HTTP error') && typeof code === 'number' && code > 0) return `it answered HTTP ${code}`;
  if (message === 'fetch failed') return 'it refused the connection or its address was not found';
  if (message.startsWith("Server's protocol version")) return 'it speaks a protocol version that is not supported';
  return 'it could not be started or reached';
}

/** The whole story, for the operator's log and status, on one line. */
export function detailOf(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < 4; at = at.cause) parts.push(at.message);
  return oneLine(parts.join(': ') || String(error), 500);
}

/** Whether a request provably did not reach the tool: nothing was sent, nobody listened, or the session was unknown. */
export function neverArrived(error: unknown): boolean {
  const { code, message } = facts(error);
  if (error instanceof Error && facts(error.cause).code === 'ECONNREFUSED') return true;
  return message === 'Not connected' || (code === 404 && message.startsWith('Streamable HTTP error'));
}

/** What the server said, where the error is an answer of its own; undefined where the way to it failed. */
export function answerOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name.endsWith('ZodError')) return 'its answer is not a tool result';
  return error.name === 'McpError' ? error.message.replace(/^MCP error -?\d+: /u, '') : undefined;
}

/** The error of a tool that ran and failed. @param text What the server said about it. */
export function toolFailed(name: string, text: string): ToolGatewayError {
  const said = text.trim();
  const cut = said.length > MAX_TEXT ? `${said.slice(0, MAX_TEXT)}… (${said.length} characters)` : said;
  return new ToolGatewayError('tool_error', cut === '' ? `Tool ${name} failed and gave no reason` : `Tool ${name} failed: ${cut}`);
}

function facts(error: unknown): { code: unknown; message: string } {
  return error instanceof Error ? { code: 'code' in error ? error.code : undefined, message: error.message } : { code: undefined, message: String(error) };
}
