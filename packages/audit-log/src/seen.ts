import { createHash, randomBytes } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { readFileSync, renameSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuditLogError, systemCode, systemReason } from './errors.ts';
import { syncFolder } from './files.ts';
import type { AuditKey } from './hashes.ts';

/** Marks kept at most; beyond, every second goes. A log with no more entries than this has a mark for each. */
const MAX_MARKS = 256;

/** The state of a log when it was last found intact. */
export interface SeenState {
  /** Records at that time. */
  entries: number;
  /** A mark stands behind every so many records. */
  stride: number;
  /** Digests of all records up to each mark. */
  marks: string[];
  /** Digest of all of them. */
  digest: string;
}

/** Digests records as they come, and keeps an even spread of marks in constant memory. */
export class RecordDigest {
  readonly #hash: Hash = createHash('sha256');
  #marks: string[] = [];
  #stride = 1;
  /** Records so far. */
  entries = 0;

  /** Takes the next record. */
  add(text: string): void {
    this.#hash.update(text).update('\n');
    this.entries += 1;
    if (this.entries % this.#stride !== 0) return;
    this.#marks.push(this.digest());
    if (this.#marks.length <= MAX_MARKS) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 1);
    this.#stride *= 2;
  }

  /** Digest of the records so far. */
  digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }

  /** What there is to remember. */
  state(): SeenState {
    return { entries: this.entries, stride: this.#stride, marks: [...this.#marks], digest: this.digest() };
  }
}

/** What the file of remembered states says: a state, nothing (`undefined`), or that it was changed. */
export function readSeen(file: string, key: AuditKey | undefined): SeenState | 'altered' | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new AuditLogError('read_failed', `cannot read ${file}: ${systemReason(cause)}`, { cause });
  }
  try {
    const { mac, ...state } = JSON.parse(text) as SeenState & { mac?: string };
    const numbers = [state.entries, state.stride].every((value) => Number.isSafeInteger(value) && value > 0);
    if (!numbers || !Array.isArray(state.marks) || typeof state.digest !== 'string') return 'altered';
    if (key !== undefined && mac !== undefined && mac !== key.seen(JSON.stringify(state))) return 'altered';
    return state;
  } catch {
    return 'altered';
  }
}

/** Remembers a state, whole or not at all. */
export async function writeSeen(file: string, state: SeenState, key: AuditKey | undefined): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const mac = key === undefined ? {} : { mac: key.seen(JSON.stringify(state)) };
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ ...state, ...mac })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    renameSync(draft, file);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  }
  syncFolder(dirname(file));
}
