import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './workspace.ts';

/** How a tool ended. */
export interface ToolRun {
  status: number | null;
  stdout: string;
  /** stdout and stderr, for the message of a failed check. */
  output: string;
}

/** Runs a tool of node_modules/.bin at the root, without colour and without the Nx daemon. */
export function runTool(command: string, args: readonly string[], cwd: string = ROOT): Promise<ToolRun> {
  const { PATH = '', FORCE_COLOR: _, ...rest } = process.env;
  const env = { ...rest, PATH: join(ROOT, 'node_modules/.bin') + delimiter + PATH, NX_DAEMON: 'false', NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject).once('close', (status) => resolve({ status, stdout, output }));
  });
}
