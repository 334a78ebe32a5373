import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, emptyHome } from './support.ts';

/** A token that no issuer ever gave out, put together so that nobody takes this file for a leak. */
const TOKEN = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');

describe('code-executor redact', () => {
  it('replaces secrets and personal data of standard input and counts them on stderr', async () => {
    const { status, stdout, stderr } = await cli(['redact'], { stdin: `key ${TOKEN}, mail ada@example.org\n` });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'key [REDACTED_SECRET], mail [REDACTED_PII]\n' });
    expect(stderr).toBe('redacted: 1 × github_token, 1 × email\n');
  });

  it('reads a file, and gives text and violations with --json', async () => {
    const home = emptyHome();
    writeFileSync(join(home, 'text'), `${'é'.repeat(100_000)} ${TOKEN}`);
    const { stdout } = await cli(['redact', 'text', '--json'], { home });
    expect(JSON.parse(stdout)).toEqual({
      text: `${'é'.repeat(100_000)} [REDACTED_SECRET]`,
      violations: [{ type: 'secret', pattern: 'github_token', count: 1 }],
    });
  });

  it('ends in 2 for a file that cannot be read', async () => {
    expect(await cli(['redact', 'missing'])).toMatchObject({ status: 2, stderr: 'code-executor: cannot read missing: ENOENT\n' });
  });
});

describe('code-executor audit', () => {
  it('verifies the log of the runs before, and shows its entries', async () => {
    const home = emptyHome();
    const env = { CODE_EXECUTOR_SAMPLING_PROVIDER: 'echo' };
    await cli(['run', '-', '--language', 'typescript', '--sampling'], { home, env, stdin: 'await llm.ask("secret question")' });
    const verified = await cli(['audit', 'verify', '--json'], { home });
    expect(verified.status).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ status: 'intact', entries: 2 });
    const tail = await cli(['audit', 'tail'], { home });
    expect(tail.stdout).toMatch(/sampling.*round 1, echo.*\n.*execution.*typescript/);
    expect(tail.stdout).not.toContain('secret question');
    const last = await cli(['audit', 'tail', '-n', '1', '--json'], { home });
    expect(JSON.parse(last.stdout)).toMatchObject({ kind: 'execution', status: 'success' });
  });

  it('ends in 0 without a log, 1 for a changed one, 3 for a torn last line, 2 for one that cannot be read', async () => {
    const home = emptyHome();
    const log = join(home, '.code-executor/audit-log.jsonl');
    expect((await cli(['audit', 'verify'], { home })).status).toBe(0);
    await cli(['run', '-', '--language', 'typescript'], { home, stdin: 'console.log(1)' });
    const good = readFileSync(log, 'utf8');
    appendFileSync(log, '{"kind":"exec');
    expect((await cli(['audit', 'verify'], { home })).status).toBe(3);
    writeFileSync(log, good.replace('"status":"success"', '"status":"error"'));
    const tampered = await cli(['audit', 'verify'], { home });
    expect(tampered.status).toBe(1);
    expect(tampered.stdout).toMatch(/^tampered: .*line 1: /);
    mkdirSync(join(home, 'folder'));
    expect((await cli(['audit', 'verify', 'folder'], { home })).status).toBe(2);
  });

  it('follows a log as it grows', async () => {
    const home = emptyHome();
    const run = (): Promise<unknown> => cli(['run', '-', '--language', 'typescript'], { home, stdin: 'console.log(1)' });
    await run();
    let stop = (): void => {};
    let runs = 1;
    const { stdout } = await cli(['audit', 'tail', '--follow', '--json'], {
      home,
      onStart: (kill) => (stop = () => kill('SIGTERM')),
      onStdout: (text) => {
        const lines = text.split('\n').length - 1;
        if (lines === 1 && runs++ === 1) void run();
        else if (lines === 2) stop();
      },
    });
    expect(stdout.match(/"kind":"execution"/g)).toHaveLength(2);
  });
});

describe('code-executor config', () => {
  it('starts a private file, leaves an existing one alone, and shows it with keys masked', async () => {
    const home = emptyHome();
    const path = join(home, '.code-executor/config.json');
    expect(await cli(['config', 'init'], { home })).toMatchObject({ status: 0, stdout: `${path}\n` });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await cli(['config', 'init'], { home })).status).toBe(2);
    writeFileSync(path, JSON.stringify({ anthropicApiKey: 'a-private-value' }));
    const shown = await cli(['config', 'show'], { home });
    expect(shown.stdout + shown.stderr).not.toContain('a-private-value');
    expect(JSON.parse(shown.stdout)).toMatchObject({ anthropicApiKey: '********', sampling: { maxRoundsPerExecution: 10 } });
  });

  it('prints the path and the JSON Schema', async () => {
    const home = emptyHome();
    expect((await cli(['config', 'path'], { home })).stdout).toBe(`${join(home, '.code-executor/config.json')}\n`);
    expect(JSON.parse((await cli(['config', 'schema'], { home })).stdout)).toMatchObject({
      properties: { sampling: { properties: { maxRoundsPerExecution: { default: 10 } } } },
    });
  });
});

describe('code-executor doctor', () => {
  it('ends in 0 where programs run, and names the cure for a missing key', async () => {
    const { status, stdout } = await cli(['doctor', '--json']);
    const report = JSON.parse(stdout) as { checks: { name: string; status: string; cure?: string }[] };
    expect({ status, ...report }).toMatchObject({ status: 0, ready: true, isolation: 'process' });
    expect(report.checks.find(({ name }) => name === 'model')).toMatchObject({
      status: 'warning',
      cure: expect.stringContaining('ANTHROPIC_API_KEY not set') as string,
    });
    expect(report.checks.filter(({ name }) => name.startsWith('run '))).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
  });
});

describe('code-executor demo', () => {
  it('shows both programs, the redaction, the limit and the verified trail, and leaves nothing behind', async () => {
    const home = emptyHome();
    const { status, stdout } = await cli(['demo'], { home });
    expect(stdout).toContain('The staging key is [REDACTED_SECRET]');
    expect(stdout).toContain('Stopped after 10 answers: Rate limit exceeded: 10/10 rounds used');
    expect(stdout).toMatch(/intact: \d+ entries, hash chain verified/);
    expect(stdout).toContain('the planted key is in no result and not in the log');
    expect(stdout).toContain('The model is echo');
    expect(status).toBe(0);
    expect((await cli(['audit', 'tail'], { home })).stdout).toBe('');
  });

  it('says what is missing for --live', async () => {
    const { status, stderr } = await cli(['demo', '--live']);
    expect(status).toBe(4);
    expect(stderr).toContain('ANTHROPIC_API_KEY not set');
  });
});

describe('code-executor', () => {
  it('prints help with examples, and its version', async () => {
    expect((await cli(['--help'])).stdout).toContain('code-executor run program.ts');
    expect(await cli(['--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n' });
  });

  it('ends in 2 for an unknown command', async () => {
    expect((await cli(['no-such-command'])).status).toBe(2);
  });
});
