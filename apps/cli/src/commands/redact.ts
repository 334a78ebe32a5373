import { createReadStream } from 'node:fs';
import { createContentFilter, type Violation } from '@code-executor/content-filter';
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { say, write, type Terminal } from '../terminal.ts';

/** `code-executor redact`: the content filter over a file or a pipe, piece by piece. */
export function addRedactCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('redact')
    .description('replace secrets and personal data in a text; what was found is counted on stderr')
    .argument('[file]', 'the text, or - for standard input', '-')
    .option('--json', 'print {text, violations} as JSON')
    .action(async (file: string, options: { json?: boolean }) => redact(file, options, terminal));
}

async function redact(file: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const filter = createContentFilter().createStream();
  const decoder = new TextDecoder();
  const kept: string[] = [];
  const put = async (text: string): Promise<void> => {
    if (json) kept.push(text);
    else await write(terminal.stdout, text);
  };
  try {
    for await (const chunk of file === '-' ? terminal.stdin : createReadStream(file)) {
      await put(filter.write(typeof chunk === 'string' ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })));
    }
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  await put(filter.write(decoder.decode()) + filter.end());
  const violations = filter.violations();
  if (json) await write(terminal.stdout, `${JSON.stringify({ text: kept.join(''), violations }, null, 2)}\n`);
  else if (violations.length > 0) say(terminal, `redacted: ${violations.map(describe).join(', ')}`);
}

function describe({ pattern, count }: Violation): string {
  return `${count} × ${pattern}`;
}
