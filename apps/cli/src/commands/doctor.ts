import { createExecutor } from '@code-executor/executor';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { surroundingsOf } from '../surroundings.ts';
import { style, write, type Terminal } from '../terminal.ts';

/** `code-executor doctor`: looks at the setup and runs one program in each language. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('check whether programs can run here, and say what is missing')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => context.exit(await doctor(options, context.terminal)));
}

interface Finding {
  name: string;
  status: 'ok' | 'warning' | 'error';
  detail: string;
  cure?: string;
}

async function doctor({ json }: { json?: boolean }, terminal: Terminal): Promise<number> {
  const { stdout } = terminal;
  const executor = await createExecutor(undefined, surroundingsOf(terminal));
  try {
    const report = await executor.report();
    const trials: Finding[] = [];
    for (const [language, code] of [['typescript', 'export default 6 * 7'], ['python', '6 * 7']] as const) {
      const { result, startupMs, executionTimeMs, error, isolation } = await executor.run({ language, code });
      trials.push({
        name: `run ${language}`,
        status: result === 42 ? 'ok' : 'error',
        detail: error?.message ?? `works, isolation ${isolation}: ready in ${Math.round(startupMs)} ms, ran ${Math.round(executionTimeMs)} ms`,
      });
    }
    const checks: Finding[] = [
      { name: 'node', status: 'ok', detail: process.versions.node },
      ...report.checks,
      ...executor.warnings.map((detail): Finding => ({ name: 'configuration', status: 'warning', detail })),
      ...trials,
    ];
    const ready = checks.every(({ status }) => status !== 'error');
    const { isolation, provider } = report;
    if (json) await write(stdout, `${JSON.stringify({ ready, isolation, provider, checks }, null, 2)}\n`);
    else await write(stdout, checks.map((check) => line(check, stdout)).join(''));
    return ready ? EXIT.success : EXIT.unavailable;
  } finally {
    await executor.close();
  }
}

function line({ name, status, detail, cure }: Finding, stream: NodeJS.WritableStream): string {
  const color = ({ ok: 'green', warning: 'yellow', error: 'red' } as const)[status];
  const mark = style(color, status.padEnd(7), stream);
  return `${mark} ${name.padEnd(14)} ${detail}\n${cure === undefined ? '' : `${' '.repeat(23)}→ ${cure}\n`}`;
}
