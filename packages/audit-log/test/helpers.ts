import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditRecord, ExecutionEntry, SamplingEntry, ToolEntry } from '../src/entries.ts';

/** The path of a log in a folder of its own that goes with the test. */
export function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'logs', 'audit-log.jsonl');
}

export function sampling(change: Partial<SamplingEntry> = {}): SamplingEntry {
  return {
    kind: 'sampling',
    executionId: 'exec-123',
    round: 1,
    model: 'claude-sonnet-5-5',
    prompt: 'What is 2+2?',
    response: 'Four.',
    tokensUsed: 75,
    durationMs: 600,
    status: 'success',
    contentViolations: [{ type: 'secret', pattern: 'openai_key', count: 1, direction: 'prompt' }],
    ...change,
  };
}

export function tool(change: Partial<ToolEntry> = {}): ToolEntry {
  return {
    kind: 'tool',
    executionId: 'exec-123',
    tool: 'mcp__filesystem__read_file',
    arguments: '{"path":"a.txt"}',
    response: 'content',
    durationMs: 3,
    status: 'success',
    contentViolations: [],
    ...change,
  };
}

export function execution(change: Partial<ExecutionEntry> = {}): ExecutionEntry {
  return { kind: 'execution', executionId: 'exec-123', language: 'typescript', code: 'console.log(1)', durationMs: 90, status: 'success', ...change };
}

export function textOf(path: string): string {
  return readFileSync(path, 'latin1');
}

/** The records of a log, as any JSON Lines reader would see them. */
export function recordsOf(path: string): AuditRecord[] {
  return textOf(path).trim().split('\n').map((line) => JSON.parse(line) as AuditRecord);
}

export const someKey = (): Uint8Array => randomBytes(32);
