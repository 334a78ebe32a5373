import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timed } from './measure.ts';

/** Wall time of the two commands on a new clone with an empty HOME, in seconds. */
export async function benchClone(): Promise<{ command: string; seconds: number }[]> {
  const rows: { command: string; seconds: number }[] = [];
  for (const command of ['demo', 'test']) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-clone-'));
    const clone = join(folder, 'clone');
    check('git', ['clone', '--quiet', join(import.meta.dirname, '../../..'), clone], folder, folder);
    const took = await timed(async () => check('npm', ['run', command], clone, folder));
    rows.push({ command: `npm run ${command}`, seconds: Math.round(took / 1_000) });
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function check(command: string, args: string[], cwd: string, home: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, HOME: home } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
