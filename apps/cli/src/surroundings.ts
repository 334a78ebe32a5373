import { createDebugLog, type ExecutorSurroundings } from '@code-executor/executor';
import { say, type Terminal } from './terminal.ts';

/** What a command's executor takes from its terminal: environment, folder, and stderr for what people should read. */
export function surroundingsOf(terminal: Terminal): ExecutorSurroundings {
  const { env, cwd } = terminal;
  return {
    env,
    cwd,
    log: createDebugLog(env, (line) => say(terminal, line)),
    notify: (line) => say(terminal, `code-executor: ${line}`),
  };
}
