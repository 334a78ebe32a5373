import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { StdioTarget } from './resolve.ts';

/** Between two looks at whether a process group has ended, in milliseconds. */
const POLL_MS = 20;

/**
 * Starts a server in a process group of its own, so that what it starts (`npx` starts the real server) ends with it.
 * The program gets the target's environment and nothing else.
 *
 * @throws the error of the operating system, with its `code`.
 */
export async function startProcess(target: StdioTarget): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(target.command, target.args, {
    env: target.env,
    ...(target.cwd === undefined ? {} : { cwd: target.cwd }),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await once(child, 'spawn');
  return child;
}

/**
 * Ends a server and everything in its group: its input closes, after `graceMs` it gets SIGTERM, after as long SIGKILL.
 * Resolves when the process has ended and its group is empty.
 */
export async function stopProcess(child: ChildProcessWithoutNullStreams, graceMs: number): Promise<void> {
  child.stdin.end();
  const group = child.pid;
  if (group === undefined) return;
  const isGone = (): boolean => hasEnded(child) && !send(group, 0);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await until(isGone, graceMs);
    if (!isGone()) send(group, signal);
  }
  await until(isGone, graceMs);
  // A descendant outside the group may hold the pipes open; nobody reads them any more.
  child.stdout.destroy();
  child.stderr.destroy();
}

function hasEnded(child: ChildProcessWithoutNullStreams): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition() && performance.now() < end) await delay(POLL_MS);
}

/** Signals every member of the group; false where it has none. Signal 0 only asks. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
