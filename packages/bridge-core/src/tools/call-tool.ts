import { field } from '../cost.ts';
import { BridgeError, toBridgeError } from '../errors.ts';
import type { FilterPort, Violation } from '../ports.ts';
import { audit } from '../pipeline/step-6-audit.ts';
import { shown } from '../pipeline/record.ts';
import { redactWith } from '../pipeline/redact.ts';
import { CallScope } from '../session/scope.ts';
import type { SessionState } from '../session/session.ts';
import { encodeResult, filterJson } from './tool-result.ts';

/** Body of `POST /tools/call`. */
export interface ToolCallRequest {
  name: string;
  arguments: Record<string, unknown>;
}

/** One `POST /tools/call`. */
export interface ToolCallInput {
  read: (scope: CallScope) => Promise<ToolCallRequest>;
  /** Fires when the client is gone. */
  client: AbortSignal;
}

/**
 * One tool call: limit, tool, filter, audit. Returns the result as JSON text.
 *
 * @throws {BridgeError} every refusal and failure
 */
export async function callTool(session: SessionState, input: ToolCallInput): Promise<string> {
  const scope = new CallScope(session.options.clock, undefined);
  scope.follow(input.client, 'client_gone');
  scope.follow(session.closing, 'session_closed');
  let request: ToolCallRequest | undefined;
  let violations: Violation[] = [];
  let response = '';
  let failure: BridgeError | undefined;
  try {
    request = await input.read(scope);
    ({ response, violations } = await filtered(session, request.name, await run(session, request, scope), scope));
  } catch (error) {
    failure = failureOf(session, request?.name ?? 'unknown', error);
  }
  scope.dispose();
  const durationMs = scope.elapsedMs();
  const tool = request?.name ?? 'unknown';
  const outcome = failure ? { status: 'error' as const, errorCode: failure.code } : { status: 'success' as const };
  const contentViolations = violations.map((found) => ({ ...found, direction: 'response' as const }));
  const args = request ? JSON.stringify(request.arguments) : '';
  try {
    await audit(session, { kind: 'tool', executionId: session.executionId, tool: auditName(request?.name, failure), arguments: args, response, durationMs, ...outcome, contentViolations });
  } catch (error) {
    failure = toBridgeError(error);
  }
  // A request that could not be read names no tool.
  if (request) session.log.addTool(await shown(session, tool), durationMs, failure !== undefined);
  if (failure) throw failure;
  return response;
}

async function run(session: SessionState, request: ToolCallRequest, scope: CallScope): Promise<unknown> {
  if (!session.tools) throw new BridgeError('tool_not_allowed', `Tool not allowed: ${request.name}`);
  const { maxToolCalls, tools } = session;
  if (session.toolCallCount >= maxToolCalls) {
    throw new BridgeError('tool_limit', `Tool call limit exceeded: ${maxToolCalls}/${maxToolCalls} calls used`);
  }
  // Counted before awaiting, so that parallel calls cannot pass together.
  session.toolCallCount++;
  const call = async (): Promise<unknown> => tools.call(request.name, request.arguments, { signal: scope.signal });
  try {
    return await scope.race(call());
  } catch (error) {
    // A refusal never reached a tool, and costs nothing.
    if (REFUSALS.has(field(error, 'code'))) session.toolCallCount--;
    throw error;
  }
}

/** Codes of a tool port that say: no tool was asked. */
const REFUSALS: ReadonlySet<unknown> = new Set(['tool_not_allowed', 'tool_not_found', 'tool_arguments']);

/** Codes of calls that reached no tool: their names are whatever the program wrote. */
const UNREACHED: ReadonlySet<string> = new Set(['tool_not_allowed', 'tool_not_found', 'tool_arguments', 'tool_limit', 'invalid_request']);

/** A tool's name for the audit log, marked where no tool was reached. */
function auditName(tool: string | undefined, failure: BridgeError | undefined): string {
  if (tool === undefined) return 'unknown';
  return failure && UNREACHED.has(failure.code) ? `refused: ${tool}` : tool;
}

async function filtered(session: SessionState, tool: string, result: unknown, scope: CallScope): Promise<{ response: string; violations: Violation[] }> {
  const filter = resultFilterOf(session);
  const text = encodeResult(tool, result);
  if (!filter) return { response: text, violations: [] };
  // What is filtered is exactly what would have been sent: the parsed text, not the object behind it.
  const { value, violations } = await filterJson(filter, JSON.parse(text), session.pace, scope);
  return { response: JSON.stringify(value), violations };
}

/** The filter for tool results, or undefined where none is to be used. */
function resultFilterOf(session: SessionState): FilterPort | undefined {
  const { policy, options } = session;
  if (policy.filterToolResults === 'off') return undefined;
  return policy.filterToolResults === 'all' ? options.filter : options.secretsFilter;
}

/** A tool port's error by its code; anything else without its words, which are not meant for user code. */
function failureOf(session: SessionState, tool: string, thrown: unknown): BridgeError {
  if (thrown instanceof BridgeError) return thrown;
  const code = field(thrown, 'code');
  const message = field(thrown, 'message');
  if (typeof code !== 'string' || !/^tool_[a-z_]{1,40}$/.test(code) || typeof message !== 'string') {
    session.options.log(`tools: ${tool} failed: ${String(thrown)}`);
    return new BridgeError('tool_error', `Tool failed: ${tool}`, { cause: thrown });
  }
  const filter = resultFilterOf(session);
  try {
    const words = filter ? redactWith(filter, message).text : message;
    return new BridgeError(code as `tool_${string}`, words, { cause: thrown });
  } catch (error) {
    return toBridgeError(error);
  }
}
