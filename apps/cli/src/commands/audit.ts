import { existsSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readAuditLog, verifyAuditLog, AuditLogError, type AuditLogLine } from '@code-executor/audit-log';
import { auditPath, loadConfig } from '@code-executor/executor';
import { InvalidArgumentError, type Command } from 'commander';
import { formatAuditLine } from '../audit-line.ts';
import { UsageError } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { say, style, write, type Terminal } from '../terminal.ts';

/** What `audit verify` ends with. */
const VERIFY_EXIT = { intact: 0, tampered: 1, torn: 3 } as const;

/** `code-executor audit verify|tail`. */
export function addAuditCommand(program: Command, context: CommandContext): void {
  const { terminal } = context;
  const audit = program.command('audit').description('check or read the audit log');

  audit
    .command('verify')
    .description('check that nobody changed the log: 0 intact, 1 tampered, 3 torn last line, 2 cannot read')
    .argument('[file]', 'default: the log of the configuration')
    .option('--json', 'as JSON')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      context.exit(await verify(pathOf(file, terminal), options, terminal));
    });

  audit
    .command('tail')
    .description('the last entries, oldest first')
    .argument('[file]', 'default: the log of the configuration')
    .option('-n, --lines <n>', 'how many', wholeNumber, 20)
    .option('-f, --follow', 'go on as entries are written')
    .option('--json', 'the records as JSON lines')
    .action(async (file: string | undefined, options: TailOptions) => {
      const path = pathOf(file, terminal);
      await readable(path, () => tail(path, options, terminal));
    });
}

interface TailOptions {
  lines: number;
  follow?: boolean;
  json?: boolean;
}

async function verify(path: string, { json }: { json?: boolean }, terminal: Terminal): Promise<number> {
  const result = await readable(path, () => verifyAuditLog({ path }));
  const { status, entries, firstBad, authenticated } = result;
  const color = status === 'intact' ? 'green' : 'red';
  const place = firstBad ? `, line ${firstBad.line}: ${firstBad.reason}` : '';
  await write(
    terminal.stdout,
    json
      ? `${JSON.stringify({ path, ...result }, null, 2)}\n`
      : `${style(color, status, terminal.stdout)}: ${entries} entries in ${path}${existsSync(path) ? '' : ' (no log yet)'}${place}\n`,
  );
  if (!authenticated && entries > 0) say(terminal, 'the key was not there: the chain was checked, not who wrote it');
  return VERIFY_EXIT[status];
}

async function tail(path: string, { lines, follow, json }: TailOptions, terminal: Terminal): Promise<void> {
  const { stdout } = terminal;
  const show = (line: AuditLogLine): Promise<void> =>
    write(stdout, `${json ? JSON.stringify(line.record ?? { line: line.line }) : formatAuditLine(line, stdout)}\n`);

  const last: AuditLogLine[] = [];
  let seen = 0;
  for await (const line of readAuditLog({ path })) {
    seen = line.line;
    last.push(line);
    if (last.length > lines) last.shift();
  }
  for (const line of last) await show(line);
  if (!follow) return;

  // Watching the folder also notices a log that does not exist yet.
  for await (const _ of changesOf(path)) {
    for await (const line of readAuditLog({ path })) {
      if (line.line <= seen) continue;
      seen = line.line;
      await show(line);
    }
  }
}

async function* changesOf(path: string): AsyncGenerator<void> {
  let wake = Promise.withResolvers<void>();
  const watcher = watch(dirname(path), (_event, name) => {
    if (name === null || name === basename(path)) wake.resolve();
  });
  try {
    for (;;) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      yield;
    }
  } finally {
    watcher.close();
  }
}

function pathOf(file: string | undefined, { env }: Terminal): string {
  return file ?? auditPath(loadConfig({ env }).config, env);
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof AuditLogError)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
