import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionResultSchema } from '@code-executor/executor';
import { startFakeAnthropic } from '@code-executor/fake-anthropic';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli, emptyHome, type Ending, type Surroundings } from './support.ts';

const typescript = (code: string, flags: string[] = [], surroundings: Surroundings = {}): Promise<Ending> =>
  cli(['run', '-', '--language', 'typescript', ...flags], { stdin: code, ...surroundings });
const ECHO = { CODE_EXECUTOR_SAMPLING_PROVIDER: 'echo' };

describe('code-executor run', () => {
  it('prints the output to stdout, and result and figures to stderr', async () => {
    const { status, stdout, stderr } = await typescript('console.log("hello"); export default { a: 1 }');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello\n' });
    expect(stderr).toContain('result: {"a":1}');
  });

  it('takes the language from the file name', async () => {
    const home = emptyHome();
    writeFileSync(join(home, 'program.py'), 'print(sum(range(10)))');
    expect(await cli(['run', 'program.py'], { home })).toMatchObject({ status: 0, stdout: '45\n' });
  });

  it('prints the whole result with --json, and nothing else on stdout', async () => {
    const { stdout } = await typescript('console.log(1)', ['--json', '--sampling'], { env: ECHO });
    expect(executionResultSchema.parse(JSON.parse(stdout))).toMatchObject({ success: true, samplingMetrics: { totalRounds: 0 } });
  });

  it('keeps to --max-rounds and ends in 3 where the program lets the refusal through', async () => {
    const flags = ['--sampling', '--max-rounds', '2'];
    const { status, stdout, stderr } = await typescript('for (;;) console.log(await llm.ask("x"))', flags, { env: ECHO });
    expect(status).toBe(3);
    expect(stdout.match(/You asked: x/g)).toHaveLength(2);
    expect(stderr).toContain('Rate limit exceeded: 2/2 rounds used');
  });

  it('calls the tools of --mcp-config that --allow-tool names', async () => {
    const home = emptyHome();
    const server = join(import.meta.dirname, '../../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');
    writeFileSync(join(home, 'note.txt'), 'seven');
    writeFileSync(
      join(home, 'servers.json'),
      JSON.stringify({ mcpServers: { fs: { command: process.execPath, args: [server, home] } } }),
    );
    const code = `console.log(await callMCPTool('mcp__fs__read_text_file', { path: ${JSON.stringify(join(home, 'note.txt'))} }))`;
    const config = ['--mcp-config', 'servers.json'];
    const allowed = await typescript(code, [...config, '--allow-tool', 'mcp__fs__read_text_file'], { home });
    expect(allowed).toMatchObject({ status: 0, stdout: 'seven\n' });
    const refused = await typescript(code, config, { home });
    expect(refused.stderr).toContain('Tool not allowed: mcp__fs__read_text_file');
    expect(refused.status).toBe(1);
  });

  it('asks the real API client, and never shows its key', async () => {
    const api = await startFakeAnthropic({ script: () => ({ kind: 'error', status: 401, message: 'no such key' }) });
    onTestFinished(() => api.close());
    const env = { ANTHROPIC_API_KEY: api.apiKey, ANTHROPIC_BASE_URL: api.url, DEBUG: 'code-executor:*' };
    const { status, stdout, stderr } = await typescript('await llm.ask("x")', ['--sampling'], { env });
    expect(status).toBe(1);
    expect(stdout + stderr).not.toContain(api.apiKey);
    expect(stderr).toContain('Bridge server started on port');
  });
});

describe('exit status', () => {
  it.each([
    ['1 for an exception', 'throw new Error("boom")', [], 1],
    ['1 for what the sandbox forbids', 'Deno.readTextFileSync("/etc/passwd")', [], 1],
    ['1 for a value beyond its ceiling', '1', ['--max-rounds', '101'], 1],
    ['3 for a time-out', 'for (;;);', ['--timeout', '300'], 3],
    ['3 for too much memory', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))', [], 3],
    ['3 for too much output', 'for (;;) console.log("x".repeat(100_000))', [], 3],
    ['4 for --sampling without a provider', '1', ['--sampling'], 4],
    ['2 for an unknown option', '1', ['--no-such-option'], 2],
    ['2 for a limit that is no number', '1', ['--max-rounds', 'many'], 2],
    ['2 for a language that does not exist', '1', ['--language', 'cobol'], 2],
    ['2 for a servers file that is missing', '1', ['--mcp-config', 'missing.json'], 2],
  ])('is %s', async (_name, code, flags, status) => {
    const ending = await typescript(code, flags);
    expect(ending.status).toBe(status);
    expect(ending.stderr).not.toBe('');
  });

  it('is 4 with a whole result on stdout where --json is asked for and nobody could answer', async () => {
    const { status, stdout } = await typescript('1', ['--sampling', '--json']);
    expect(status).toBe(4);
    expect(executionResultSchema.parse(JSON.parse(stdout))).toMatchObject({ error: { kind: 'unavailable', code: 'no_provider' } });
  });

  it('is 2, naming the file, for a server entry that cannot work', async () => {
    const home = emptyHome();
    const config = join(home, 'config.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { fs: { command: '${NO_SUCH_VARIABLE}' } } }));
    const ending = await typescript('1', [], { home, env: { CODE_EXECUTOR_CONFIG: config } });
    expect(ending.status).toBe(2);
    expect(ending.stderr).toMatch(new RegExp(`^code-executor: ${config}: .*NO_SUCH_VARIABLE`));
  });

  it('is 2 for a file that cannot be read, one without a known ending, and no file', async () => {
    expect(await cli(['run', 'missing.ts'])).toMatchObject({ status: 2, stderr: 'code-executor: cannot read missing.ts: ENOENT\n' });
    expect((await cli(['run', 'program.rb'])).stderr).toContain('--language');
    expect((await cli(['run'])).status).toBe(2);
  });

  it('is 2 for a broken configuration, whatever the command', async () => {
    const env = { CODE_EXECUTOR_SAMPLING_ENABLED: 'perhaps' };
    const ending = await typescript('1', [], { env });
    expect(ending.status).toBe(2);
    expect(ending.stderr).toContain('CODE_EXECUTOR_SAMPLING_ENABLED');
  });

  it('is 130 after Ctrl-C in the middle of a program', async () => {
    let interrupt = (): void => {};
    const api = await startFakeAnthropic({
      script: () => {
        interrupt();
        return { kind: 'silence' };
      },
    });
    onTestFinished(() => api.close());
    const ending = await typescript('await llm.ask("x")', ['--sampling', '--json'], {
      env: { ANTHROPIC_API_KEY: api.apiKey, ANTHROPIC_BASE_URL: api.url },
      onStart: (kill) => (interrupt = () => kill('SIGINT')),
    });
    expect(ending.status).toBe(130);
    expect(JSON.parse(ending.stdout)).toMatchObject({ error: { kind: 'cancelled' }, samplingMetrics: { totalRounds: 1 } });
  });
});
