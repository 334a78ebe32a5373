// Runs the whole suite once. `--long` raises every count of random cases from its fixed-seed share to the full one.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const report = join(root, 'node_modules/.cache/test-report.json');
const long = process.argv.includes('--long');
rmSync(report, { force: true });
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2).filter((arg) => arg !== '--long')],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NX_DAEMON: 'false', ...(long && { CODE_EXECUTOR_LONG_TESTS: '1' }) } },
);
process.exitCode = status ?? 1;
