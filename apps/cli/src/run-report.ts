import type { ExecutionResult } from '@code-executor/executor';
import { say, style, type Terminal } from './terminal.ts';

/** Tells a person, on stderr, what became of a run: its result, error, warnings, and what it used. */
export function reportRun(result: ExecutionResult, terminal: Terminal): void {
  const { stderr } = terminal;
  const { error, warnings = [], samplingMetrics, toolCalls } = result;
  if ('result' in result && result.result !== undefined) say(terminal, `result: ${JSON.stringify(result.result)}`);
  for (const { message } of warnings) say(terminal, style('yellow', `warning: ${message}`, stderr));
  if (error) {
    say(terminal, style('red', `${error.kind}: ${error.message}`, stderr));
    const frames = error.stack?.split('\n').filter((line) => /^\s+(at|File) /.test(line)) ?? [];
    for (const frame of frames) say(terminal, frame);
  }
  const facts = [
    `${Math.round(result.executionTimeMs)} ms`,
    `started in ${Math.round(result.startupMs)} ms`,
    ...(samplingMetrics ? [samplingFacts(samplingMetrics)] : []),
    ...toolCalls.map(({ tool, calls, errors }) => `${tool} × ${calls}${errors > 0 ? ` (${errors} failed)` : ''}`),
  ];
  say(terminal, style('dim', `[${facts.join(' · ')}]`, stderr));
}

function samplingFacts({ totalRounds, totalTokens, quotaRemaining }: NonNullable<ExecutionResult['samplingMetrics']>): string {
  return `${totalRounds} model call(s), ${totalTokens} tokens, left: ${quotaRemaining.rounds} calls, ${quotaRemaining.tokens} tokens`;
}
