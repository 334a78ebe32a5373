/**
 * Connects to other MCP servers and calls their tools under an allowlist.
 *
 * @module
 */
export { createToolGateway } from './gateway.ts';
export { ToolGatewayError } from './errors.ts';
export type { ToolGatewayErrorCode } from './errors.ts';
export type { ServerConfig, ServerStatus, ToolDescription, ToolGateway, ToolGatewayOptions, ToolScope } from './types.ts';
