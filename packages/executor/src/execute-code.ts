import { createExecutor, type ExecutorSurroundings } from './executor.ts';
import type { ExecutionRequest } from './input.ts';
import type { ExecutionResult } from './result.ts';

/**
 * Runs one program with the user's configuration and ends everything that this started. For more than one
 * program, `createExecutor` keeps bridge and servers between them.
 *
 * @throws {ExecutorError} `config` for a broken configuration
 * @example
 * ```ts
 * const result = await executeCode({ language: 'python', code: 'print(1 + 1)' });
 * ```
 */
export async function executeCode(
  request: ExecutionRequest & { signal?: AbortSignal },
  surroundings?: ExecutorSurroundings,
): Promise<ExecutionResult> {
  const executor = await createExecutor(undefined, surroundings);
  try {
    const { signal, ...program } = { ...request };
    return await executor.run(program, signal === undefined ? {} : { signal });
  } finally {
    await executor.close();
  }
}
