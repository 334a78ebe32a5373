import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Language } from '../src/index.ts';
import { entriesServer, freshFolder, gate, openWorld, type World } from './support.ts';

/** Processes that descend from this one, by command line; none where the system does not tell. */
function descendants(): string[] {
  if (process.platform !== 'linux') return [];
  const parents = new Map<number, { parent: number; command: string }>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z') continue;
      parents.set(Number(name), { parent: Number(parent), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') });
    } catch {
      // It ended while we looked.
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return [...parents].filter(([pid]) => isOurs(pid)).map(([, { command }]) => command);
}

const sandboxes = (): string[] => descendants().filter((command) => command.includes('--no-prompt'));

const COMPUTE: Record<Language, string> = { typescript: 'await llm.ask("go"); for (;;);', python: 'await llm.ask("go")\nwhile True: pass' };
const ASK: Record<Language, string> = { typescript: 'await llm.ask("go");', python: 'await llm.ask("go")' };

function cancelled(language: Language, code: string, world: World): { ended: Promise<void>; cancel: () => void } {
  const aborter = new AbortController();
  const run = world.run({ language, code, allowedTools: ['*'] }, { signal: aborter.signal });
  const ended = run.then((result) => expect(result.error).toEqual({ kind: 'cancelled', message: 'Execution cancelled' }));
  return { ended, cancel: () => aborter.abort() };
}

test.each<Language>(['typescript', 'python'])('cancelling a %s program in the middle of a model call ends the process and the request', async (language) => {
  const world = await openWorld({ script: () => ({ kind: 'silence' }) });
  const { ended, cancel } = cancelled(language, ASK[language], world);
  await Promise.race([world.api.arrival(1), ended]);
  expect(sandboxes().length).toBe(process.platform === 'linux' ? 1 : 0);
  cancel();
  await ended;
  expect(sandboxes()).toEqual([]);
  await world.api.abandonment(1);
  expect(world.records().map(({ kind, status, errorCode }) => [kind, status, errorCode])).toEqual([
    ['sampling', 'error', expect.stringMatching(/^(cancelled|session_closed)$/)],
    ['execution', 'error', 'cancelled'],
  ]);
});

test.each<Language>(['typescript', 'python'])('cancelling a %s program that only computes ends the process', async (language) => {
  const asked = gate();
  const world = await openWorld({
    script: () => {
      asked.open();
      return { kind: 'answer' };
    },
  });
  const { ended, cancel } = cancelled(language, COMPUTE[language], world);
  await Promise.race([asked.opened, ended]);
  cancel();
  await ended;
  expect(sandboxes()).toEqual([]);
});

test('cancelling in the middle of a tool call tells the tool to stop, and leaves its server for the next', async () => {
  const folder = freshFolder();
  const world = await openWorld({ config: { mcpServers: { slow: entriesServer(folder) } } });
  const logged = (line: string): Promise<void> => waitFor(() => world.log.some((entry) => entry.includes(line)));
  const { ended, cancel } = cancelled('typescript', `await callMCPTool('mcp__slow__wait', { path: '.' });`, world);
  await logged('asked');
  cancel();
  await ended;
  await logged('stopped');
  expect(sandboxes()).toEqual([]);
  const next = await world.typescript(`console.log((await callMCPTool('mcp__slow__list_directory', { path: '.' })).entries.length)`, { allowedTools: ['mcp__slow__*'] });
  expect(next.output).toBe('0\n');
});

test('a program cancelled before it starts, or while it waits its turn, never runs', async () => {
  const world = await openWorld({ config: { runtime: { maxParallelExecutions: 1 } }, script: () => ({ kind: 'silence' }) });
  const before = await world.run({ language: 'typescript', code: 'console.log(1)' }, { signal: AbortSignal.abort() });
  expect(before).toMatchObject({ success: false, output: '', error: { kind: 'cancelled' } });
  const first = cancelled('typescript', ASK.typescript, world);
  await world.api.arrival(1);
  const second = cancelled('typescript', 'console.log("never")', world);
  second.cancel();
  await second.ended;
  first.cancel();
  await first.ended;
  expect(world.records().filter(({ kind }) => kind === 'execution')).toHaveLength(1);
});

test('a time-out ends the process, and what was printed stays', async () => {
  const world = await openWorld();
  const result = await world.typescript('console.log("so far"); for (;;);', { timeoutMs: 2_000 });
  expect(result).toMatchObject({ success: false, output: 'so far\n', error: { kind: 'timeout', message: 'Execution timed out after 2000 ms' } });
  expect(sandboxes()).toEqual([]);
});

test('closing while programs run ends them all, sandboxes, servers and requests, and refuses new ones', async () => {
  const folder = freshFolder();
  const world = await openWorld({ config: { mcpServers: { slow: entriesServer(folder) } }, script: () => ({ kind: 'silence' }) });
  const waiting = world.typescript(`await callMCPTool('mcp__slow__wait', { path: '.' });`, { allowedTools: ['*'] });
  const asking = world.typescript(ASK.typescript);
  const computing = world.typescript('for (;;);');
  await Promise.all([world.api.arrival(1), waitFor(() => world.log.some((entry) => entry.includes('asked')))]);
  await Promise.all([world.executor.close(), world.executor.close()]);
  expect((await Promise.all([waiting, asking, computing])).map(({ error }) => error?.kind)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(descendants().filter((command) => /--no-prompt|entries-server/.test(command))).toEqual([]);
  await world.api.abandonment(1);
  await expect(world.executor.run({ language: 'typescript', code: '1' })).rejects.toMatchObject({ name: 'ExecutorError', code: 'executor_closed' });
});

/** Looks again after each turn of the event loop; the test's own time limit bounds it. */
async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
