// Brings a fresh clone, or a changed one, to where demo, tests and benches can run: dependencies, the right Node,
// and a build. Runs under whatever Node there is (20 or newer); everything after it runs under the pinned one.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.code-executor-setup');
const MINIMUM = [22, 12];

function run(command, args, why) {
  const { PATH = '', Path = PATH } = process.env;
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    // Progress goes to stderr: stdout belongs to the command that follows.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: join(modules, '.bin') + delimiter + Path, NX_DAEMON: 'false' },
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  process.stderr.write(`setup: ${why} failed${error ? `: ${error.message}` : ''}. Run: ${command} ${args.join(' ')}\n`);
  process.exit(1);
}

function installDependencies() {
  const wanted = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('setup: installing dependencies (npm ci), about a minute\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'installing dependencies');
  writeFileSync(stamp, wanted);
}

/** With install scripts switched off, the `node` package stays empty and an older Node would stay in charge. */
function assertNode() {
  const version = () => {
    const pinned = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
    const { stdout } = spawnSync(pinned, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
    return (stdout ?? '').trim().slice(1).split('.').map(Number);
  };
  const isNewEnough = ([major = 0, minor = 0]) => major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
  if (isNewEnough(version())) return;
  run('npm', ['rebuild', 'node', '--no-audit', '--loglevel=error'], 'installing Node');
  if (isNewEnough(version())) return;
  process.stderr.write('setup: the pinned Node did not install. Run: npm rebuild node\n');
  process.exit(1);
}

installDependencies();
assertNode();
process.stderr.write('setup: building\n');
run('nx', ['run-many', '-t', 'build', '--outputStyle=static'], 'the build');
