import { Buffer } from 'node:buffer';
import { RuntimeError } from './errors.ts';
import { loopbackAddress } from './loopback.ts';
import { MEMORY_MB, OUTPUT_BYTES, wholeNumber } from './runtime-options.ts';
import type { BridgeAddress, RunRequest } from './types.ts';

/** A request with its defaults filled in; limits that it leaves to the runtime are absent. */
export interface CheckedRequest {
  code: string;
  timeoutMs: number;
  bridge?: BridgeAddress;
  memoryMb?: number;
  maxOutputBytes?: number;
}

const CODE_BYTES = 4_194_304;
/** A day is ample, and within the 31 bits of ms that timers hold. */
const TIMEOUT_MS = 86_400_000;

/** @throws {RuntimeError} `invalid_option`, naming the field, its value and what is expected */
export function checkRequest(request: RunRequest): CheckedRequest {
  if (typeof request !== 'object' || request === null) throw invalid(`expected {code, …}, got ${String(request)}`);
  const { code, timeoutMs = 60_000, bridge, signal, memoryMb, maxOutputBytes } = request;
  if (typeof code !== 'string') throw invalid(`code must be a string, got ${code === null ? 'null' : typeof code}`);
  if (Buffer.byteLength(code) > CODE_BYTES) {
    throw invalid(`code is ${Buffer.byteLength(code)} bytes long, at most ${CODE_BYTES}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalid('signal must be an AbortSignal');
  return {
    code,
    timeoutMs: wholeNumber('timeoutMs', timeoutMs, [1, TIMEOUT_MS]),
    ...(bridge !== undefined && { bridge: checkBridge(bridge) }),
    ...(memoryMb !== undefined && { memoryMb: wholeNumber('memoryMb', memoryMb, MEMORY_MB) }),
    ...(maxOutputBytes !== undefined && { maxOutputBytes: wholeNumber('maxOutputBytes', maxOutputBytes, OUTPUT_BYTES) }),
  };
}

/** Takes the fields one by one: what is handed over must be JSON, and nothing else may slip in. */
function checkBridge(bridge: BridgeAddress): BridgeAddress {
  if (typeof bridge !== 'object' || bridge === null) throw invalid(`bridge must be {url, token}, got ${String(bridge)}`);
  const { url, token, budget } = bridge;
  if (typeof url !== 'string') throw invalid(`bridge.url must be http://127.0.0.1:PORT, got ${String(url)}`);
  // The token itself is a secret and stays out of the message.
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(token)) {
    throw invalid('bridge.token must be 1 to 4096 printable ASCII characters without spaces');
  }
  const address = { url: `http://${loopbackAddress(url)}`, token };
  if (budget === undefined) return address;
  const { rounds, tokens } = budget ?? {};
  if (!Number.isFinite(rounds) || !Number.isFinite(tokens)) throw invalid('bridge.budget must be {rounds, tokens} in numbers');
  return { ...address, budget: { rounds, tokens } };
}

function invalid(message: string): RuntimeError {
  return new RuntimeError('invalid_option', `Invalid request: ${message}`);
}
