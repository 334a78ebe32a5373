/**
 * What went wrong, for programs.
 *
 * - `tool_not_allowed`: the operator or the caller does not permit the tool; its server was not contacted.
 * - `tool_not_found`: permitted, but no configured server offers it.
 * - `tool_arguments`: the arguments do not fit the tool's input schema; the server was not asked to run it.
 * - `tool_error`: the tool ran and failed, or its result cannot be handed on.
 * - `tool_timeout`: the tool did not answer in time; it was told to stop.
 * - `tool_unavailable`: the server cannot be reached, ended, or describes the tool in a way that cannot be used.
 * - `tool_cancelled`: the caller's signal stopped the call.
 * - `invalid_request`: an entry of `allowedTools` is malformed.
 * - `invalid_config`: the gateway's own options are malformed; thrown when it is created.
 */
export type ToolGatewayErrorCode =
  | 'tool_not_allowed'
  | 'tool_not_found'
  | 'tool_arguments'
  | 'tool_error'
  | 'tool_timeout'
  | 'tool_unavailable'
  | 'tool_cancelled'
  | 'invalid_request'
  | 'invalid_config';

/** The one error of this package. The message may be shown to the program that called the tool. */
export class ToolGatewayError extends Error {
  override readonly name: string = 'ToolGatewayError';
  /** Stable, for programs. */
  readonly code: ToolGatewayErrorCode;

  constructor(code: ToolGatewayErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
  }
}

/**
 * The error of a malformed option.
 *
 * @param where Path of the option: `mcpServers.fs.args[1]`.
 * @param problem What is wrong and what would be right, as the rest of the sentence.
 */
export function invalidConfig(where: string, problem: string): ToolGatewayError {
  return new ToolGatewayError('invalid_config', `${where} ${problem}`);
}
