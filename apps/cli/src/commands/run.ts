import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import {
  createExecutor,
  readServersFile,
  refusedResult,
  type ExecutionRequest,
  type ExecutionResult,
  type Language,
} from '@code-executor/executor';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { EXIT, exitCodeOf, UsageError } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { missingProvider } from '../missing-provider.ts';
import { reportRun } from '../run-report.ts';
import { surroundingsOf } from '../surroundings.ts';
import { readAll, say, write } from '../terminal.ts';

interface RunOptions {
  language?: Language;
  sampling?: boolean;
  allowTool: string[];
  maxRounds?: number;
  maxTokens?: number;
  maxCost?: number;
  samplingTimeout?: number;
  timeout?: number;
  mcpConfig?: string;
  json?: boolean;
}

const LANGUAGE_OF: Readonly<Record<string, Language>> = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.js': 'typescript',
  '.mjs': 'typescript',
  '.py': 'python',
};

/** `code-executor run`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('run a program in a fresh sandbox')
    .argument('<file>', 'the program, or - for standard input')
    .addOption(new Option('--language <language>', 'by default from the file name').choices(['typescript', 'python']))
    .option('--sampling', 'let the program ask a model')
    .option('--allow-tool <name>', 'a tool it may call, mcp__server__tool, or a prefix with * (repeatable)', collect, [])
    .option('--max-rounds <n>', 'model calls', positive)
    .option('--max-tokens <n>', 'tokens over all model calls', positive)
    .option('--max-cost <usd>', 'US dollars over all model calls', positiveNumber)
    .option('--sampling-timeout <ms>', 'deadline of one model call', positive)
    .option('--timeout <ms>', 'wall-clock limit of the program', positive)
    .option('--mcp-config <file>', 'also use the mcpServers of this file')
    .option('--json', 'print the whole result as JSON')
    .action(async (file: string, options: RunOptions) => context.exit(await run(file, options, context)));
}

async function run(file: string, options: RunOptions, { terminal }: CommandContext): Promise<number> {
  const language = options.language ?? LANGUAGE_OF[extname(file)];
  if (language === undefined) {
    throw new UsageError(`cannot tell the language of ${file}: add --language typescript or --language python`);
  }
  const code = await readProgram(file, terminal.stdin);
  const { cwd } = terminal;
  const servers = options.mcpConfig === undefined ? {} : readServersFile(resolve(cwd, options.mcpConfig));
  const executor = await createExecutor(undefined, { ...surroundingsOf(terminal), servers });
  const aborter = new AbortController();
  const cancel = (): void => aborter.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, cancel);
  try {
    for (const warning of executor.warnings) say(terminal, `code-executor: warning: ${warning}`);
    const missing = options.sampling ? await missingProvider(executor) : undefined;
    if (missing !== undefined) {
      const error = { kind: 'unavailable', code: 'no_provider', message: missing } as const;
      if (options.json) await show(refusedResult(`exec-${randomUUID()}`, error), options, terminal);
      else say(terminal, `code-executor: ${missing}`);
      return EXIT.unavailable;
    }
    const result = await executor.run(requestOf(code, language, options), { signal: aborter.signal });
    await show(result, options, terminal);
    return exitCodeOf(result);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, cancel);
    await executor.close();
  }
}

async function show(result: ExecutionResult, { json }: RunOptions, terminal: CommandContext['terminal']): Promise<void> {
  if (json) return write(terminal.stdout, `${JSON.stringify(result, null, 2)}\n`);
  await write(terminal.stdout, result.output);
  if (result.output !== '' && !result.output.endsWith('\n')) await write(terminal.stdout, '\n');
  reportRun(result, terminal);
}

function requestOf(code: string, language: Language, options: RunOptions): ExecutionRequest {
  return {
    language,
    code,
    allowedTools: options.allowTool,
    ...(options.sampling && { enableSampling: true }),
    ...(options.maxRounds !== undefined && { maxSamplingRounds: options.maxRounds }),
    ...(options.maxTokens !== undefined && { maxSamplingTokens: options.maxTokens }),
    ...(options.maxCost !== undefined && { maxSamplingCostUsd: options.maxCost }),
    ...(options.samplingTimeout !== undefined && { samplingTimeoutMs: options.samplingTimeout }),
    ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
  };
}

async function readProgram(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (file === '-') return readAll(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

function positive(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
