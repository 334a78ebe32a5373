import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ExecutorError } from '../errors.ts';

/** Far above any real configuration. */
const MAX_BYTES = 1024 * 1024;
/** Deepest nesting of a configuration: far above real ones, far below what overflows a stack. */
export const MAX_DEPTH = 64;

/**
 * Reads a JSON file of at most 1 MiB and 64 levels; with a byte order mark or without.
 *
 * @param optional whether a missing file is `undefined` instead of an error
 * @throws {ExecutorError} `config`, naming the file and the cause and nothing of its content
 */
export function readJsonFile(file: string, optional: boolean): unknown {
  const fail = (problem: string): ExecutorError => new ExecutorError('config', `${file}: ${problem}`);
  let text: string;
  try {
    text = readText(file, fail);
  } catch (error) {
    if (error instanceof ExecutorError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && optional) return undefined;
    throw fail(`cannot be read (${code ?? String(error)})`);
  }
  let document: unknown;
  try {
    // Windows editors begin a file with a byte order mark.
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The message of JSON.parse may quote the text, and with it a key.
    const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')?.[0];
    throw fail(`not valid JSON${position ? ` at ${position}` : ''}`);
  }
  if (isDeeper(document, MAX_DEPTH)) throw fail(`nested deeper than ${MAX_DEPTH} levels`);
  return document;
}

/** Whether a value nests deeper than so many levels; a flat object has one. Sharing costs nothing, a cycle is too deep. */
export function isDeeper(value: unknown, levels: number): boolean {
  let nodes = new Set([value].filter(isObject));
  for (let depth = 0; nodes.size > 0; depth++) {
    if (depth >= levels) return true;
    const next = new Set<object>();
    for (const node of nodes) for (const child of Object.values(node)) if (isObject(child)) next.add(child);
    nodes = next;
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function readText(file: string, fail: (problem: string) => Error): string {
  // A pipe without a writer would hold the opener for ever; Windows has neither such pipes nor the flag.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw fail('cannot be read (EISDIR)');
    if (!status.isFile()) throw fail('must be a regular file, not a pipe or a device');
    const bytes = Buffer.alloc(Math.min(Math.max(status.size, 4096), MAX_BYTES) + 1);
    // Until the end and not as long as its size says: it may grow, and files of the kernel say 0.
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (length > MAX_BYTES) throw fail(`larger than ${MAX_BYTES} bytes`);
    if (length === bytes.length) throw fail('changed while it was read; try again');
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
