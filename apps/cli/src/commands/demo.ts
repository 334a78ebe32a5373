import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyAuditLog } from '@code-executor/audit-log';
import { createExecutor, loadConfig, type ExecutionResult, type Executor, type Language } from '@code-executor/executor';
import type { Command } from 'commander';
import { describe, heading, opening, trail } from '../demo-report.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { missingProvider } from '../missing-provider.ts';
import { surroundingsOf } from '../surroundings.ts';
import { say, write, type Terminal } from '../terminal.ts';

/** `code-executor demo`: the whole path at work, on sample files, in a folder that is removed afterwards. */
export function addDemoCommand(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('run two sample programs: tools, model, redaction, a limit, the audit trail; offline')
    .option('--live', 'ask the real model (needs ANTHROPIC_API_KEY, costs a few cents)')
    .option('--json', 'the two results and the verification as JSON')
    .action(async (options: DemoOptions) => context.exit(await demo(options, context.terminal)));
}

interface DemoOptions {
  live?: boolean;
  json?: boolean;
}

const PROGRAMS: readonly { file: string; language: Language; title: string }[] = [
  { file: 'review-notes.ts', language: 'typescript', title: 'a TypeScript program reads notes and asks about each; one holds a key' },
  { file: 'ask-until-refused.py', language: 'python', title: 'a Python program asks in an endless loop' },
];

async function demo({ live, json }: DemoOptions, terminal: Terminal): Promise<number> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'code-executor-demo-')));
  const notes = join(folder, 'notes');
  const audit = join(folder, 'audit', 'audit-log.jsonl');
  const key = await plantNotes(notes);
  const { env } = terminal;
  const { anthropicApiKey } = live ? loadConfig({ env }).config : {};
  const executor = await createExecutor(
    {
      ...(anthropicApiKey !== undefined && { anthropicApiKey }),
      sampling: { enabled: true, provider: live ? 'anthropic' : 'echo' },
      mcpServers: { filesystem: filesystemServer(notes) },
      audit: { path: audit },
    },
    { ...surroundingsOf(terminal), env: demoEnvironment(env) },
  );
  try {
    const missing = await missingProvider(executor);
    if (missing !== undefined) {
      say(terminal, `code-executor: ${missing}`);
      return EXIT.unavailable;
    }
    if (!json) await write(terminal.stdout, opening(live === true, terminal));
    const results: ExecutionResult[] = [];
    for (const [index, program] of PROGRAMS.entries()) {
      if (!json) await write(terminal.stdout, heading(`${index + 1}. ${program.title}`, `examples/${program.file}`, terminal));
      const result = await runProgram(executor, program);
      results.push(result);
      if (!json) await write(terminal.stdout, describe(result, terminal));
    }
    const verification = await verifyAuditLog({ path: audit });
    const leaked = JSON.stringify(results).includes(key) || (await readFile(audit, 'utf8')).includes(key);
    if (json) await write(terminal.stdout, `${JSON.stringify({ results, verification, leaked }, null, 2)}\n`);
    else await write(terminal.stdout, await trail(audit, verification, leaked, terminal));
    const works = results.every(({ success }) => success) && verification.status === 'intact' && !leaked;
    return works ? EXIT.success : EXIT.failed;
  } finally {
    await executor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runProgram(executor: Executor, { file, language }: (typeof PROGRAMS)[number]): Promise<ExecutionResult> {
  const code = await readFile(join(examplesFolder(), file), 'utf8');
  return executor.run({ language, code, allowedTools: ['mcp__filesystem__*'], timeoutMs: 120_000 });
}

/** Copies the sample notes and adds one with a fresh key in it, which nobody may ever see again. */
async function plantNotes(folder: string): Promise<string> {
  const key = `sk-proj-${randomBytes(36).toString('base64url')}`;
  await mkdir(folder, { recursive: true });
  await cp(join(examplesFolder(), 'notes'), folder, { recursive: true });
  await writeFile(join(folder, 'deployment.md'), `# Deployment\n\nThe staging key is ${key}, ask ops@example.com for a new one.\n`);
  return key;
}

/** The demo shows defaults: settings of the environment would only confuse it. Keys and proxies stay. */
function demoEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('CODE_EXECUTOR_')));
}

function filesystemServer(folder: string): { command: string; args: string[] } {
  try {
    const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/package.json');
    return { command: process.execPath, args: [join(dirname(manifest), 'dist', 'index.js'), folder] };
  } catch {
    return { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem@2026.8.31', folder] };
  }
}

function examplesFolder(): string {
  return fileURLToPath(new URL('../examples', import.meta.url));
}
