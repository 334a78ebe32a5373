import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** One vitest project per workspace package, named after it. */
const projects = ['packages', 'apps', 'tools'].flatMap((group) =>
  readdirSync(join(root, group))
    .map((folder) => join(root, group, folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({
      root: folder,
      // Packages are tested from their sources; nothing needs building first.
      resolve: { conditions: ['@code-executor/source'] },
      ssr: { resolve: { conditions: ['@code-executor/source'] } },
      test: {
        name: (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string }).name,
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        environment: 'node' as const,
        // Sandboxes ask the kernel to die with the thread that spawned them; only a process's main thread lives long enough.
        pool: 'forks' as const,
        testTimeout: process.env['CODE_EXECUTOR_LONG_TESTS'] ? 3_600_000 : 30_000,
        hookTimeout: 60_000,
      },
    })),
);

export default defineConfig({
  test: {
    projects,
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'] },
  },
});
