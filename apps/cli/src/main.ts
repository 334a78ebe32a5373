import { ExecutorError } from '@code-executor/executor';
import { Command, CommanderError } from 'commander';
import { addAuditCommand } from './commands/audit.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addRedactCommand } from './commands/redact.ts';
import { addRunCommand } from './commands/run.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { processTerminal, say, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** What a command needs, and how it says which status the process ends with. */
export interface CommandContext {
  terminal: Terminal;
  exit(code: number): void;
}

/**
 * Runs the command line.
 *
 * @param args the arguments after the program's name
 * @returns the exit status
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let status: number = EXIT.success;
  const context: CommandContext = { terminal, exit: (code) => (status = code) };
  // A reader that has seen enough, such as head, is no failure.
  for (const stream of [terminal.stdout, terminal.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' && stream === terminal.stdout) process.exit(status);
    });
  }
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    if (error instanceof UsageError || error instanceof ExecutorError) {
      say(terminal, `code-executor: ${error.message}`);
      return EXIT.usage;
    }
    throw error;
  }
}

function buildProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.terminal;
  const program = new Command('code-executor')
    .description('Runs programs that a language model wrote in a locked sandbox, and lets them ask a model for help.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void stdout.write(text), writeErr: (text) => void stderr.write(text) })
    .showHelpAfterError('Add --help for the options.')
    .addHelpText('after', EXAMPLES);
  for (const add of [addRunCommand, addDemoCommand, addRedactCommand, addAuditCommand, addConfigCommand, addDoctorCommand]) {
    add(program, context);
  }
  return program;
}

const EXAMPLES = `
Examples:
  $ code-executor demo                              see the whole path work, offline
  $ code-executor run program.ts                    run a program
  $ echo 'print(6 * 7)' | code-executor run - --language python
  $ code-executor run analyse.py --sampling --max-rounds 5 --allow-tool 'mcp__filesystem__*'
  $ git diff | code-executor redact                 take secrets and personal data out of a text
  $ code-executor audit verify                      check that nobody changed the audit log

Exit status: 0 success, 1 the program failed, 2 usage or configuration, 3 a limit stopped it,
4 unavailable (no runtime, no provider), 130 cancelled.`;
