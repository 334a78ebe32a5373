import { describe, expect, test } from 'vitest';
import { JAIL_ENVIRONMENT, jailArguments, type JailGrants } from './jail-arguments.ts';

const denied = ['--deny-write', '--deny-env', '--deny-run', '--deny-ffi', '--deny-sys', '--deny-import'];
const common = [
  'run', '--quiet', '--no-prompt', '--no-config', '--no-lock', '--no-remote', '--no-npm', '--cached-only', '--no-code-cache', '--node-modules-dir=none',
];

describe('the arguments of a locked process', () => {
  test('without grants are these and no others', () => {
    expect(jailArguments('/harness/main.js', { heapMb: 512 })).toEqual([
      ...common, '--deny-read', ...denied, '--deny-net', '--v8-flags=--max-old-space-size=512', '/harness/main.js',
    ]);
  });

  test('with every grant are these and no others', () => {
    const grants: JailGrants = { heapMb: 64, readablePaths: ['/a', '/b c'], bridgeUrl: 'http://127.0.0.1:4711', v8Flags: ['--liftoff-only'] };
    expect(jailArguments('/harness/main.js', grants)).toEqual([
      ...common, '--allow-read=/a,/b c', ...denied, '--allow-net=127.0.0.1:4711', '--v8-flags=--max-old-space-size=64,--liftoff-only', '/harness/main.js',
    ]);
  });

  test('the environment holds this and nothing of ours', () => {
    expect(JAIL_ENVIRONMENT).toEqual({ HOME: '/nonexistent', DENO_DIR: '/dev/null/deno', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' });
  });

  test.for(['/a,/etc', '', 'relative', '.'])('the readable path %j is refused', (path) => {
    expect(() => jailArguments('/h.js', { heapMb: 64, readablePaths: ['/fine', path] })).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(JSON.stringify(path)) as string }),
    );
  });

  test.for([0, -1, 1.5, Number.NaN])('a heap of %j MB is refused', (heapMb) => {
    expect(() => jailArguments('/h.js', { heapMb })).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  test.for([
    'http://localhost:80', 'http://127.0.0.1', 'http://127.0.0.1:0', 'http://127.0.0.1:080', 'http://127.0.0.1:65536', 'https://127.0.0.1:80', 'http://127.0.0.2:80',
    'http://[::1]:80', 'http://0.0.0.0:80', 'http://127.1:80', 'http://user@127.0.0.1:80', 'http://127.0.0.1:80/path', 'http://127.0.0.1:80?q', 'http://127.0.0.1:80\n',
    'http://127.0.0.1:80,example.com', 'HTTP://127.0.0.1:80', ' http://127.0.0.1:80', 'unix:/sock', '',
  ])('the bridge %j is refused', (bridgeUrl) => {
    expect(() => jailArguments('/h.js', { heapMb: 64, bridgeUrl })).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: `bridge.url must be http://127.0.0.1:PORT, got ${bridgeUrl}` }),
    );
  });

  test.for(['http://127.0.0.1:1', 'http://127.0.0.1:65535', 'http://127.0.0.1:80/'])('the bridge %j is granted as an address', (bridgeUrl) => {
    expect(jailArguments('/h.js', { heapMb: 64, bridgeUrl })).toContain(`--allow-net=${new RegExp('127.*:\\d+').exec(bridgeUrl)![0]}`);
  });
});
