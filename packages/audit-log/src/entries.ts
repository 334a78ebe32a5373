/** What a call found in a text, by kind and number; never the text. */
export interface ContentViolation {
  type: 'secret' | 'pii';
  /** Name of the pattern: `openai_key`, `email`. */
  pattern: string;
  /** How often, from 0. */
  count: number;
  /** Where: in what was sent or in what came back. */
  direction?: 'prompt' | 'response';
}

interface EntryBase {
  /** The host's id of the execution. Up to 128 letters, digits, `.`, `_`, `:`, `-`; anything else is stored as its hash. */
  executionId: string;
  /** How long it took, ms; stored rounded. */
  durationMs: number;
  status: 'success' | 'error';
  /** Stable code of the error: `rate_limited`. */
  errorCode?: string;
}

/** One call of a model. */
export interface SamplingEntry extends EntryBase {
  kind: 'sampling';
  /** Which round of the execution it took, from 1; 0 where it was refused before it took one. */
  round: number;
  model: string;
  /** What was sent, in canonical form, after filtering. Only its hash is stored, as `promptHash`. */
  prompt: string;
  /** What was delivered, after filtering. Only its hash is stored, as `responseHash`. */
  response: string;
  tokensUsed: number;
  /** What filters found. Leave it out where no filter ran. */
  contentViolations?: readonly ContentViolation[];
}

/** One call of a tool. */
export interface ToolEntry extends EntryBase {
  kind: 'tool';
  /** `mcp__server__tool` */
  tool: string;
  /** The arguments as JSON. Only their hash is stored, as `argumentsHash`. */
  arguments: string;
  /** What was delivered. Only its hash is stored, as `responseHash`. */
  response: string;
  /** What filters found. Leave it out where no filter ran. */
  contentViolations?: readonly ContentViolation[];
}

/** One execution of a program. */
export interface ExecutionEntry extends EntryBase {
  kind: 'execution';
  language: 'typescript' | 'python';
  /** The program. Only its hash is stored, as `codeHash`. */
  code: string;
  /**
   * Tokens of all its calls. Stored as `tokensTotal`, so that the sum of `tokensUsed` over the log counts each call once.
   */
  tokensUsed?: number;
  /** Rounds of all its calls. */
  rounds?: number;
}

/** What a caller may append. */
export type AuditEntryInput = SamplingEntry | ToolEntry | ExecutionEntry;

/**
 * Why the log itself wrote a `recovered` record: a write was cut off and blanked (`torn_line`), only its newline was
 * missing (`missing_newline`), a file that is no audit log was moved aside (`foreign_file`), or the log was deleted
 * while open (`log_removed`).
 */
export type RecoveredReason = 'torn_line' | 'missing_newline' | 'foreign_file' | 'log_removed';

/** A record as it stands in the file; the other fields depend on `kind`. */
export interface AuditRecord {
  /** ISO 8601, UTC, with milliseconds. */
  timestamp: string;
  kind: AuditEntryInput['kind'] | 'recovered';
  /** Random id of the `openAuditLog` that wrote it: 24 hex digits. */
  writer: string;
  /** Counts the writer's records from 0. */
  seq: number;
  [field: string]: unknown;
}
