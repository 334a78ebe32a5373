// The shapes that a runtime takes and gives.

/** Where the sandbox reaches its bridge; `url` is `http://127.0.0.1:PORT`, the token is this execution's own. */
export interface BridgeAddress {
  url: string;
  token: string;
  /** What `llm.budget()` says before the first call. */
  budget?: { rounds: number; tokens: number };
}

/** One program to run. */
export interface RunRequest {
  /** The source text, at most 4 MiB. */
  code: string;
  /** Wall-clock limit in ms from the hand-over to a ready sandbox, model and tool time included. @default {60000} */
  timeoutMs?: number;
  /** Without a bridge the program has no model, no tools and no network at all. */
  bridge?: BridgeAddress;
  /** Ends the run; the result then says `cancelled`. */
  signal?: AbortSignal;
  /** Memory of this sandbox in MB, 64 to 65536. @default the runtime's own */
  memoryMb?: number;
  /** Bytes of output that are kept, up to 64 MiB. @default the runtime's own */
  maxOutputBytes?: number;
}

/** Why a run failed. */
export type ErrorKind =
  | 'exception'
  | 'timeout'
  | 'memory'
  | 'output'
  | 'cancelled'
  | 'crash'
  | 'policy'
  | 'unavailable';

/** How a run failed. `message` and `stack` come from the program where `kind` is `exception` or `policy`. */
export interface RunError {
  kind: ErrorKind;
  message: string;
  code?: string;
  quotaRemaining?: { rounds: number; tokens: number; usd?: number };
  stack?: string;
}

/** Something worth knowing that did not stop the run. */
export interface RunWarning {
  code: string;
  message: string;
}

/** What a run left behind. Everything but times, kind and isolation is the program's own word. */
export interface RunResult {
  success: boolean;
  /** What the program printed: the first 1 MiB, then a notice. */
  output: string;
  /** The default export (TypeScript) or last expression (Python), when it is a JSON value. */
  result?: unknown;
  /** ms from the hand-over to the ready sandbox to its end. */
  executionTimeMs: number;
  /** ms before the hand-over: the sandbox's own start. */
  startupMs: number;
  /** `os` behind a second wall of the operating system, `process` behind Deno's permissions and process limits alone. */
  isolation: 'os' | 'process';
  error?: RunError;
  warnings?: RunWarning[];
}

/** A language's sandbox. */
export interface Runtime {
  /** Runs one program in a process of its own; rejects only on a misuse of this call. */
  run(request: RunRequest): Promise<RunResult>;
  /** Kills what still runs and waits until it is gone; later runs are refused. */
  close(): Promise<void>;
}
