import type { ExecutionResult } from '@code-executor/executor';
import { printable } from './printable.ts';
import { say, style, type Terminal } from './terminal.ts';

/** Tells a person, on stderr, what became of a run: its result, error, warnings, and what it used. */
export function reportRun(result: ExecutionResult, terminal: Terminal): void {
  const { stderr } = terminal;
  const { error, warnings = [], samplingMetrics, toolCalls } = result;
  if ('result' in result && result.result !== undefined) say(terminal, `result: ${printable(JSON.stringify(result.result))}`);
  for (const { message } of warnings) say(terminal, style('yellow', `warning: ${printable(message)}`, stderr));
  if (error) {
    for (const line of `${error.kind}: ${error.message}`.split('\n')) say(terminal, style('red', printable(line), stderr));
    const frames = error.stack?.split('\n').filter((line) => /^\s+(at|File) /.test(line)) ?? [];
    for (const frame of frames) say(terminal, printable(frame));
  }
  const facts = [
    `${Math.round(result.executionTimeMs)} ms`,
    `started in ${Math.round(result.startupMs)} ms`,
    ...(samplingMetrics ? [samplingFacts(samplingMetrics)] : []),
    ...toolCalls.map(({ tool, calls, errors }) => `${printable(tool)} × ${calls}${errors > 0 ? ` (${errors} failed)` : ''}`),
  ];
  say(terminal, style('dim', `[${facts.join(' · ')}]`, stderr));
}

function samplingFacts({ totalRounds, totalTokens, quotaRemaining }: NonNullable<ExecutionResult['samplingMetrics']>): string {
  return `${totalRounds} model call(s), ${totalTokens} tokens, left: ${quotaRemaining.rounds} calls, ${quotaRemaining.tokens} tokens`;
}
