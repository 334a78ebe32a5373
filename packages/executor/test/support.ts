import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeAnthropic, type FakeAnthropic, type Script } from '@code-executor/fake-anthropic';
import { expect, onTestFinished } from 'vitest';
import {
  createExecutor,
  executionResultSchema,
  type ConfigInput,
  type ExecutionRequest,
  type ExecutionResult,
  type Executor,
  type ServerEntry,
} from '../src/index.ts';

/** The Python snapshot of all tests: made once, then shared. */
export const CACHE_DIR: string = join(import.meta.dirname, '../../../node_modules/.cache/code-executor-test');

/** An executor in a home of its own, with the API played on loopback. */
export interface World {
  home: string;
  logPath: string;
  env: Record<string, string | undefined>;
  api: FakeAnthropic;
  executor: Executor;
  /** What went to the debug log. */
  log: string[];
  /** Runs a program and checks the result against the published schema. */
  run(request: ExecutionRequest, options?: { signal?: AbortSignal }): Promise<ExecutionResult>;
  typescript(code: string, more?: Partial<ExecutionRequest>): Promise<ExecutionResult>;
  python(code: string, more?: Partial<ExecutionRequest>): Promise<ExecutionResult>;
  /** The records of the audit log. */
  records(): Record<string, unknown>[];
}

export interface WorldOptions {
  config?: ConfigInput;
  env?: Record<string, string | undefined>;
  script?: Script;
  /** Whether the world ends with the running test. @default {true} */
  endsWithTest?: boolean;
}

/** A folder of its own that ends with the running test. */
export function freshFolder(endsWithTest = true): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'executor-test-')));
  if (endsWithTest) onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a world; sampling is on for every execution unless the configuration says otherwise. */
export async function openWorld(options: WorldOptions = {}): Promise<World & AsyncDisposable> {
  const { config, script, endsWithTest = true } = options;
  const home = freshFolder(false);
  const api = await startFakeAnthropic(script ? { script } : {});
  const env = { HOME: home, PATH: process.env['PATH'], ANTHROPIC_API_KEY: api.apiKey, ANTHROPIC_BASE_URL: api.url, ...options.env };
  const log: string[] = [];
  const executor = await createExecutor(
    { ...config, sampling: { enabled: true, ...config?.sampling }, runtime: { cacheDir: CACHE_DIR, ...config?.runtime } },
    { env, cwd: home, log: (line) => log.push(line) },
  );
  const logPath = config?.audit?.path ?? join(home, '.code-executor', 'audit-log.jsonl');
  const run: World['run'] = async (request, signal) => checked(await executor.run(request, signal));
  const end = async (): Promise<void> => {
    await executor.close();
    await api.close();
    rmSync(home, { recursive: true, force: true });
  };
  if (endsWithTest) onTestFinished(end);
  return {
    home, logPath, env, api, executor, log, run,
    typescript: (code, more) => run({ language: 'typescript', code, ...more }),
    python: (code, more) => run({ language: 'python', code, ...more }),
    records: () => (existsSync(logPath) ? readRecords(logPath) : []),
    [Symbol.asyncDispose]: end,
  };
}

/** The result, once the published schema took it whole and JSON carries it unchanged. */
export function checked(result: ExecutionResult): ExecutionResult {
  expect(executionResultSchema.parse(result)).toEqual(result);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  return result;
}

/** The records of an audit log, one per line. */
export function readRecords(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Lets a test wait for something, and something wait for the test. */
export function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

/** How many random cases: the full number, or a fiftieth of it, at least one, unless long tests are asked for. */
export function cases(full: number): number {
  return process.env['CODE_EXECUTOR_LONG_TESTS'] ? full : Math.max(1, Math.ceil(full / 50));
}

/** The real filesystem server, over one folder in which it also runs. */
export function filesystemServer(folder: string): ServerEntry {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json');
  return { command: process.execPath, args: [join(manifest, '../dist/index.js'), folder], cwd: folder };
}

/** A server whose list_directory answers with structured entries. */
export function entriesServer(folder: string): ServerEntry {
  return { command: process.execPath, args: [join(import.meta.dirname, 'fixtures/entries-server.mjs'), folder] };
}

/** Text that only looks like a secret, made here so that no source file holds it. */
export const FAKE = {
  openaiKey: (n = 0): string => ['sk', 'proj', `${'aB3dE5gH7jK9'.repeat(4)}${n}`].join('-'),
  githubToken: (n = 0): string => `ghp_${'a1B2c3D4e5F6'.repeat(3).slice(0, 34)}${String(n).padStart(2, '0')}`,
  email: (n = 0): string => `person${n}@${['example', 'org'].join('.')}`,
} as const;
