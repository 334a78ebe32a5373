import { readAuditLog } from '@code-executor/audit-log';
import type { ExecutionResult } from '@code-executor/executor';
import { formatAuditLine } from './audit-line.ts';
import { printable } from './printable.ts';
import { style, type Terminal } from './terminal.ts';

/** What the demo is, and who answers. */
export function opening(live: boolean, { stdout }: Terminal): string {
  const model = live
    ? 'The model is the real one, through your ANTHROPIC_API_KEY.'
    : 'The model is echo: an offline stand-in that repeats what it is asked. Add --live for a real one.';
  return `${style('bold', 'Code Executor demo', stdout)}\n${model}\n`;
}

/** The title of a part. */
export function heading(title: string, file: string, { stdout }: Terminal): string {
  return `\n${style('bold', title, stdout)}  ${style('dim', file, stdout)}\n`;
}

/** What a program printed, came to and used. */
export function describe(result: ExecutionResult, { stdout }: Terminal): string {
  const { output, error, samplingMetrics, samplingCalls = [], toolCalls } = result;
  const refused = samplingCalls.filter((call) => call.error).length;
  const lines = [
    ...output.trimEnd().split('\n').map((line) => `  ${style('dim', '│', stdout)} ${printable(line.slice(0, 160))}`),
    ...(error ? [style('red', `  ${error.kind}: ${printable(error.message)}`, stdout)] : []),
    `  result     ${printable(JSON.stringify(result.result) ?? 'none')}`,
    `  sandbox    isolation ${result.isolation}, ready in ${Math.round(result.startupMs)} ms, ran ${Math.round(result.executionTimeMs)} ms`,
    ...(samplingMetrics
      ? [`  model      ${samplingMetrics.totalRounds} calls, ${samplingMetrics.totalTokens} tokens, ${refused} refused; left ${samplingMetrics.quotaRemaining.rounds} calls, ${samplingMetrics.quotaRemaining.tokens} tokens`]
      : []),
    ...toolCalls.map(({ tool, calls }) => `  tool       ${tool} × ${calls}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The audit trail, its verification, and whether the planted key got anywhere. */
export async function trail(
  path: string,
  { status, entries }: { status: string; entries: number },
  leaked: boolean,
  terminal: Terminal,
): Promise<string> {
  const { stdout } = terminal;
  const lines: string[] = [];
  for await (const line of readAuditLog({ path })) lines.push(`  ${formatAuditLine(line, stdout)}`);
  const verdict = style(status === 'intact' ? 'green' : 'red', `${status}: ${entries} entries, hash chain verified`, stdout);
  const secret = leaked
    ? style('red', 'the planted key was found in a result or in the log', stdout)
    : style('green', 'the planted key is in no result and not in the log', stdout);
  return `${heading('3. the audit trail', 'hashes instead of text', terminal)}${lines.join('\n')}\n  ${verdict}\n  ${secret}\n`;
}
