import type { JSONRPCErrorResponse } from '@modelcontextprotocol/sdk/types.js';

/** JSON.stringify writes the id of a message near one of its ends. */
const ID_AT_HEAD = /^\{(?:"jsonrpc":"2\.0",)?"id":(\d+)[,}]/u;
const ID_AT_TAIL = /,"id":(\d+)(?:,"jsonrpc":"2\.0")?\}\s*$/u;
/** How much of each end of a message is looked at, in bytes. */
export const EDGE = 256;

/** The id of a JSON-RPC message of which only the ends are known. */
export function idFromEdges(head: string, tail: string): number | undefined {
  const id = ID_AT_TAIL.exec(tail)?.[1] ?? ID_AT_HEAD.exec(head)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Stands in for an answer that cannot be taken, so that its caller does not wait for nothing and no other call suffers. */
export function unusableAnswer(id: number, reason: string): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: { code: -32603, message: reason } };
}

/** The reason of an answer beyond the limit. */
export function tooLarge(maxBytes: number): string {
  return `its answer is larger than ${maxBytes} bytes`;
}
