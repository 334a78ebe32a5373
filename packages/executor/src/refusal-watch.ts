import type { AuditEntryInput } from '@code-executor/audit-log';

/**
 * Refused calls after which an execution is stopped. A refusal costs neither round nor token, yet each leaves a line
 * of about 700 bytes in the audit log, and no program may fill the disk.
 */
export const MOST_REFUSED_CALLS = 10_000;

/** Tool calls that were refused before they counted as calls. */
const REFUSED_TOOL_CALLS: ReadonlySet<string | undefined> = new Set(['tool_limit', 'tool_not_allowed', 'invalid_request']);

/** An audit log that also counts what each execution was refused. */
export interface RefusalWatch {
  append(entry: AuditEntryInput): Promise<void>;
  /** Calls `stop` once when the execution has been refused too often; the function returned ends the watch. */
  watch(executionId: string, stop: () => void): () => void;
}

/** Puts the count in front of a log. */
export function watchRefusals(log: { append(entry: AuditEntryInput): Promise<void> }, most: number = MOST_REFUSED_CALLS): RefusalWatch {
  const watched = new Map<string, { refused: number; stop: () => void }>();
  return {
    append(entry) {
      const execution = isRefusal(entry) ? watched.get(entry.executionId) : undefined;
      if (execution && ++execution.refused === most) execution.stop();
      return log.append(entry);
    },
    watch(executionId, stop) {
      watched.set(executionId, { refused: 0, stop });
      return () => void watched.delete(executionId);
    },
  };
}

function isRefusal(entry: AuditEntryInput): boolean {
  if (entry.kind === 'sampling') return entry.round === 0;
  return entry.kind === 'tool' && REFUSED_TOOL_CALLS.has(entry.errorCode);
}
