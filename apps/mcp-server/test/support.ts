import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** The built program, as users start it. */
export const BIN: string = join(import.meta.dirname, '../bin/code-executor-mcp.js');

/** One Python snapshot for every test, beside the other caches of the workspace. */
const CACHE_HOME = join(import.meta.dirname, '../../../node_modules/.cache/code-executor-test');

/** A running server process with an empty HOME of its own. */
export interface ServerProcess {
  child: ChildProcessWithoutNullStreams;
  home: string;
  /** Every line that the server wrote to stdout. */
  stdout: string[];
  stderr(): string;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  send(message: unknown): void;
  /** Waits for a message that fits. */
  receive(fits: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts the server with nothing in its environment but PATH, HOME and what the test adds. */
export function startServer(env: Record<string, string> = {}): ServerProcess {
  const home = mkdtempSync(join(tmpdir(), 'mcp-server-test-'));
  const child = spawn(process.execPath, [BIN], {
    env: { PATH: process.env['PATH'], HOME: home, XDG_CACHE_HOME: CACHE_HOME, TMPDIR: home, ...env },
  });
  const stdout: string[] = [];
  const waiting = new Set<() => void>();
  let pending = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    stdout.push(...lines);
    for (const wake of waiting) wake();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.on('error', () => {});
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  void exited.then(() => waiting.forEach((wake) => wake()));
  const receive: ServerProcess['receive'] = async (fits) => {
    for (let next = 0; ; next += 1) {
      while (next >= stdout.length) {
        if (child.exitCode !== null) throw new Error(`the server ended: ${stderr}`);
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
      const message = JSON.parse(stdout[next] as string) as Record<string, unknown>;
      if (fits(message)) return message;
    }
  };
  return {
    child,
    home,
    stdout,
    stderr: () => stderr,
    exited,
    send: (message) => void child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    receive,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A client of the 2025 era over a server process that the test also sees. */
export async function connect(server: ServerProcess): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transportOver(server));
  return client;
}

function transportOver(server: ServerProcess): Transport {
  let seen = 0;
  const transport: Transport = {
    start: async () => {
      const deliver = (): void => {
        while (seen < server.stdout.length) {
          transport.onmessage?.(JSON.parse(server.stdout[seen++] as string) as JSONRPCMessage);
        }
      };
      server.child.stdout.on('data', () => setImmediate(deliver));
      server.child.stdout.once('close', () => transport.onclose?.());
    },
    send: async (message) => server.send(message),
    close: async () => void server.child.stdin.end(),
  };
  return transport;
}

/** Processes that descend from a process, itself left out. Linux only. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(Number(entry));
    if (parent !== undefined) parents.set(Number(entry), parent);
  }
  const isBelow = (candidate: number): boolean => {
    const parent = parents.get(candidate);
    return parent !== undefined && (parent === pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

/** Waits until none of these processes is left, or fails after the given time. */
export async function assertGone(pids: readonly number[], withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  let left = pids.filter((pid) => parentOf(pid) !== undefined);
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    left = left.filter((pid) => parentOf(pid) !== undefined);
  }
  if (left.length > 0) throw new Error(`processes left: ${left.join(', ')}`);
}

/** A process's parent; undefined once it has ended, as a zombie too. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
