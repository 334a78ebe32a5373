import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createExecutor, executionInputSchema, executionResultSchema, type Executor } from '@code-executor/executor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks } from './rules/markdown.ts';
import { lineOf, readText, ROOT } from './support/workspace.ts';

interface Example {
  line: number;
  language: 'typescript' | 'python';
  code: string;
  /** What the document says that it prints, if it says so. */
  prints: string | undefined;
}

/** A block behind a `run` marker, and the text block that says what it prints. */
const EXAMPLE = /<!-- run -->\n```(ts|python)\n([\s\S]*?)^```\n(?:\nprints\n\n```text\n([\s\S]*?)^```)?/gm;

function examplesOf(path: string): Example[] {
  const text = readText(path);
  return [...text.matchAll(EXAMPLE)].map(({ index, 1: language, 2: code = '', 3: prints }) => ({
    line: lineOf(text, index) + 1,
    language: language === 'python' ? 'python' : 'typescript',
    code,
    prints,
  }));
}

describe('the programs of docs/guide.md, in the sandbox, with the echo model and the real filesystem server', () => {
  const examples = examplesOf('docs/guide.md');
  let home: string;
  let executor: Executor;
  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'code-executor-guide-')));
    await writeFile(join(home, 'notes.md'), 'Water the plants.\n');
    const server = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json');
    executor = await createExecutor(
      {
        sampling: { enabled: true, provider: 'echo' },
        mcpServers: { filesystem: { command: process.execPath, args: [join(server, '../dist/index.js'), home], cwd: home } },
        runtime: { cacheDir: join(ROOT, 'node_modules/.cache/code-executor-test') },
      },
      { env: { HOME: home, PATH: process.env['PATH'] }, cwd: home },
    );
  });
  afterAll(async () => {
    await executor.close();
    await rm(home, { recursive: true, force: true });
  });

  it('are several of both languages, and one at least says what it prints', () => {
    expect(examples.filter(({ language }) => language === 'typescript').length).toBeGreaterThanOrEqual(3);
    expect(examples.filter(({ language }) => language === 'python').length).toBeGreaterThanOrEqual(3);
    expect(examples.some(({ prints }) => prints !== undefined)).toBe(true);
  });

  it.each(examples)('$language, line $line, runs and prints what the guide says', async ({ language, code, prints }) => {
    const result = await executor.run({ language, code, allowedTools: ['mcp__filesystem__*'], timeoutMs: 120_000 });
    expect(result.error).toBeUndefined();
    expect(result.output + (result.result === undefined ? '' : JSON.stringify(result.result))).not.toBe('');
    expect(result.output).toBe(prints ?? result.output);
  }, 180_000);
});

describe('the shapes that the guide shows', () => {
  const guide = readText('docs/guide.md');

  it('hold arguments that the tools accept', () => {
    const shown = codeBlocks(guide).find(({ language }) => language === 'json')?.text ?? '';
    expect(executionInputSchema.parse(JSON.parse(shown))).toMatchObject({ enableSampling: true });
  });

  it('hold every field of a result', () => {
    const shown = guide.split('## Results and metrics')[1]?.split('\n## ')[0] ?? '';
    const { samplingCalls, samplingMetrics, error, toolCalls, ...rest } = executionResultSchema.shape;
    const reserved = new Set(['costUsd']);
    const fields = [
      ...Object.keys(rest),
      ...Object.keys(error.unwrap().shape),
      ...Object.keys(toolCalls.element.shape),
      ...Object.keys(samplingCalls.unwrap().element.shape),
      ...Object.keys(samplingMetrics.unwrap().shape),
    ];
    expect(fields.filter((field) => !reserved.has(field) && !new RegExp(`\\b${field}\\b`).test(shown))).toEqual([]);
  });
});

describe('the program of the README for the library', () => {
  it('runs as it stands', async () => {
    const home = await mkdtemp(join(tmpdir(), 'code-executor-readme-'));
    try {
      const code = codeBlocks(readText('README.md').split('<!-- run:library -->')[1] ?? '')[0]?.text ?? '';
      const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@code-executor/source', '--input-type=module-typescript', '--eval', code], {
        cwd: ROOT,
        env: { HOME: home, PATH: process.env['PATH'] },
      });
      expect(stdout).toContain('You asked: What is 2+2?');
      expect(stdout.trimEnd()).toMatch(/ 1$/);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }, 60_000);
});
