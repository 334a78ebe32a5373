import type { Executor } from '@code-executor/executor';

/** What to do where nobody could answer a model call; undefined where somebody can. */
export async function missingProvider(executor: Executor): Promise<string | undefined> {
  const { provider, checks } = await executor.report();
  return provider === 'none' ? checks.find(({ name }) => name === 'model')?.cure : undefined;
}
