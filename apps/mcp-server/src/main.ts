// Serves the tools over stdio. stdout carries JSON-RPC and nothing else.
import { Console } from 'node:console';
import { createDebugLog, createExecutor, ExecutorError } from '@code-executor/executor';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { buildServer } from './server.ts';
import { endOnHangUp } from './shutdown.ts';

/** Runs the server until its client is gone. */
export async function serve(): Promise<void> {
  globalThis.console = new Console(process.stderr);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const log = createDebugLog(process.env, say);
  try {
    const executor = await createExecutor(undefined, { log, notify: (line) => say(`code-executor: ${line}`) });
    for (const warning of executor.warnings) say(`code-executor: warning: ${warning}`);
    const connection = serveStdio(() => buildServer({ executor }), { onerror: (error) => log(`mcp: ${error.message}`) });
    endOnHangUp([() => connection.close(), () => executor.close()], log);
  } catch (error) {
    if (!(error instanceof ExecutorError)) throw error;
    say(`code-executor: ${error.message}`);
    process.exit(2);
  }
}
