import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { configJsonSchema, configPath, loadConfig, maskConfig } from '@code-executor/executor';
import type { Command } from 'commander';
import { UsageError } from '../exit-codes.ts';
import type { CommandContext } from '../main.ts';
import { say, write } from '../terminal.ts';

/** `code-executor config path|show|schema|init`. */
export function addConfigCommand(program: Command, { terminal }: CommandContext): void {
  const { stdout, env } = terminal;
  const print = (value: unknown): Promise<void> => write(stdout, `${JSON.stringify(value, null, 2)}\n`);
  const config = program.command('config').description('look at the configuration, or start one');

  config
    .command('path')
    .description('where the configuration file is looked for')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      options.json ? print({ path: configPath(env) }) : write(stdout, `${configPath(env)}\n`),
    );

  config
    .command('show')
    .description('the configuration in force, with keys masked')
    .option('--json', 'as JSON, which it is anyway')
    .action(async () => {
      const loaded = loadConfig({ env });
      say(terminal, `file: ${loaded.file ?? 'none'}; environment: ${loaded.variables.join(', ') || 'none'}`);
      for (const warning of loaded.warnings) say(terminal, `warning: ${warning}`);
      await print(maskConfig(loaded.config));
    });

  config
    .command('schema')
    .description('the JSON Schema of the configuration file')
    .option('--json', 'as JSON, which it is anyway')
    .action(() => print(configJsonSchema()));

  config
    .command('init')
    .description('write a first configuration file; an existing one is left alone')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const path = configPath(env);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        await writeFile(path, `${JSON.stringify(FIRST_CONFIG, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        throw new UsageError(`${path} exists already; edit it, or see: code-executor config show`);
      }
      await (options.json ? print({ path }) : write(stdout, `${path}\n`));
    });
}

const FIRST_CONFIG = {
  sampling: { enabled: false, maxRoundsPerExecution: 10, maxTokensPerExecution: 10_000 },
  mcpServers: {},
};
