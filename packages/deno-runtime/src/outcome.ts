import type { JailExit } from './jail.ts';
import { nestsDeeperThan } from './json-depth.ts';
import type { RunError, RunWarning } from './types.ts';

/** What a run came to, before times and output are added. */
export interface Outcome {
  result?: unknown;
  error?: RunError;
  warnings?: RunWarning[];
}

/** Bounds on what a program may hand back. */
export interface ResultLimits {
  /** Bytes of the result's JSON text. */
  resultBytes: number;
  /** Levels of nesting of the result. */
  resultDepth: number;
}

const MESSAGE_CHARACTERS = 8_192;
const STACK_CHARACTERS = 16_384;
const OUT_OF_MEMORY = /^(RangeError: (Array buffer allocation failed|Invalid array buffer length)|RangeError: WebAssembly\.Memory\(\)|MemoryError\b)/;

/** Reads the closing frame. Its nonce is right, yet its content is the program's word: every field is checked. */
export function outcomeOfFrame(json: string, limits: ResultLimits): Outcome {
  const frame = parseFrame(json);
  if (!frame) return { error: { kind: 'crash', message: 'The sandbox ended with an unreadable frame' } };
  if (frame['ok'] !== true) return { error: errorOf(frame['error']) };

  const warnings = typeof frame['warning'] === 'string' ? [{ code: 'result_not_json', message: frame['warning'] }] : undefined;
  const { result } = frame;
  if (typeof result !== 'string') return warnings ? { warnings } : {};
  const bytes = Buffer.byteLength(result);
  if (bytes > limits.resultBytes) {
    return outputError(`Result too large: ${bytes} bytes of JSON, at most ${limits.resultBytes}. Print less or return a part of it`);
  }
  if (nestsDeeperThan(result, limits.resultDepth)) {
    return outputError(`Result nested too deeply: more than ${limits.resultDepth} levels`);
  }
  try {
    return { result: JSON.parse(result) as unknown, ...(warnings && { warnings }) };
  } catch {
    return outputError('The result is no JSON text');
  }
}

/** A closing frame that was too long to take in: nearly all of a frame is the result. */
export function frameTooLong(limits: ResultLimits): Outcome {
  return outputError(`Result too large: at most ${limits.resultBytes} bytes of JSON. Print less or return a part of it`);
}

/** Explains a process that ended without a frame and without our doing. */
export function outcomeOfExit({ code, signal, stderr, stderrFlooded }: JailExit, memoryMb: number): Outcome {
  if (code === 0) return {};
  if (stderrFlooded) return outputError('Output limit exceeded: too much written to the raw error stream');
  // Only an engine that gives up ends by a signal; a program can write these words and then exit.
  if (signal !== null && /out of memory|memory allocation of \d+ bytes failed/i.test(stderr)) return memoryExceeded(memoryMb);
  if (stderr.includes('Top-level await promise never resolved')) {
    return { error: { kind: 'exception', message: 'The program awaits a promise that nothing will settle' } };
  }
  if (signal !== null) return { error: { kind: 'crash', message: `The sandbox was ended by ${signal}` } };
  if (code === null || code === 101) return { error: { kind: 'crash', message: 'The sandbox crashed' } };
  return { error: { kind: 'exception', message: `Program exited with code ${code}` } };
}

/** A run over its memory limit. */
export function memoryExceeded(memoryMb: number): Outcome {
  return { error: { kind: 'memory', message: `Memory limit exceeded: ${memoryMb} MB` } };
}

function outputError(message: string): Outcome {
  return { error: { kind: 'output', message } };
}

function parseFrame(json: string): Record<string, unknown> | undefined {
  if (nestsDeeperThan(json, 16)) return undefined;
  try {
    const frame: unknown = JSON.parse(json);
    return typeof frame === 'object' && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(value: unknown): RunError {
  const error = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const message = cut(error['message'], MESSAGE_CHARACTERS) ?? 'The program failed';
  const quotaRemaining = quotaOf(error['quotaRemaining']);
  const code = cut(error['code'], 64);
  const stack = cut(error['stack'], STACK_CHARACTERS);
  const kind = OUT_OF_MEMORY.test(message) ? 'memory' : error['kind'] === 'policy' ? 'policy' : 'exception';
  return {
    kind,
    message,
    ...(code !== undefined && { code }),
    ...(quotaRemaining && { quotaRemaining }),
    ...(stack !== undefined && { stack }),
  };
}

function quotaOf(value: unknown): RunError['quotaRemaining'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rounds, tokens, usd } = value as Record<string, unknown>;
  if (!isAmount(rounds) || !isAmount(tokens)) return undefined;
  return { rounds, tokens, ...(isAmount(usd) && { usd }) };
}

/** JSON text can hold 1e999, which reads as Infinity. */
function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function cut(value: unknown, characters: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.length > characters ? `${value.slice(0, characters)} […]` : value;
}
