import type { AuditLogLine } from '@code-executor/audit-log';
import { printable } from './printable.ts';
import { style } from './terminal.ts';

interface Violation {
  pattern?: string;
  count?: number;
}

/** One record of the audit log as a line for a person. */
export function formatAuditLine({ line, record }: AuditLogLine, stream: NodeJS.WritableStream): string {
  if (!record) return `${line}: ${style('red', 'not a record', stream)}`;
  const { timestamp, kind, status, errorCode, executionId } = record;
  const outcome =
    status === 'success' ? style('green', 'ok', stream) : style('yellow', String(errorCode ?? status ?? ''), stream);
  return [
    String(timestamp),
    kind.padEnd(9),
    ...(typeof executionId === 'string' ? [executionId.slice(0, 13)] : []),
    detailOf(record),
    outcome,
    ...violationsOf(record['contentViolations']),
  ].join('  ');
}

function detailOf(record: NonNullable<AuditLogLine['record']>): string {
  const { kind, round, model, tokensUsed, durationMs, tool, language } = record;
  const time = `${String(durationMs)} ms`;
  switch (kind) {
    case 'sampling':
      return `round ${String(round)}, ${printable(String(model))}, ${String(tokensUsed)} tokens, ${time}`;
    case 'tool':
      return `${printable(String(tool))}, ${time}`;
    case 'execution':
      return `${String(language)}, ${time}`;
    default:
      return '';
  }
}

function violationsOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  return [`redacted: ${(value as Violation[]).map(({ pattern, count }) => `${count} × ${pattern}`).join(', ')}`];
}
