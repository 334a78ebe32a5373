import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn, type Figure } from './measure.ts';

const SERVER = join(import.meta.dirname, '../../../apps/mcp-server/bin/code-executor-mcp.js');
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};

/** Spawn of the MCP server until `initialize` is answered, against `node -e 0` until it exits. */
export async function benchStart(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const samples = await inTurn(20, () => untilInitialized(home), bareNode);
  rmSync(home, { recursive: true, force: true });
  return [
    {
      name: 'MCP server, spawn → initialised',
      samples: samples.ours,
      baseline: { name: 'node -e 0', samples: samples.peer },
      aim: { kind: 'difference', most: 150 },
    },
  ];
}

function untilInitialized(home: string): Promise<number> {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(process.execPath, [SERVER], { env: { PATH: process.env['PATH'], HOME: home }, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.once('data', () => {
      const took = performance.now() - start;
      child.once('close', () => resolve(took));
      child.kill('SIGKILL');
    });
    child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  });
}

function bareNode(): Promise<number> {
  return new Promise((resolve) => {
    const start = performance.now();
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - start));
  });
}
