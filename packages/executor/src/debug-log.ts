import type { Environment } from './config/environment.ts';

/**
 * A log function that `DEBUG=code-executor:*` switches on; otherwise it does nothing.
 *
 * @param write takes one line without its end; give it stderr, never stdout
 */
export function createDebugLog(env: Environment, write: (line: string) => void): (line: string) => void {
  const wanted = (env['DEBUG'] ?? '').split(/[\s,]+/);
  if (!wanted.some((name) => name === '*' || name.startsWith('code-executor:'))) return () => {};
  return (line) => write(`code-executor ${line}`);
}
