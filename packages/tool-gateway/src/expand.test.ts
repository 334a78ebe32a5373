import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { expand } from './expand.ts';

const env: Record<string, string> = { A: 'one', EMPTY: '', TRAP: '${A}', D: '$&$1' };
const run = (text: string): string => expand(text, (name) => (Object.hasOwn(env, name) ? env[name] : undefined), (message) => new Error(message));

test.each([
  ['${A}', 'one'],
  ['${env:A}', 'one'],
  ['x${A}y${A}z', 'xoneyonez'],
  ['${NO:-default}', 'default'],
  ['${EMPTY:-default}', 'default'],
  ['${EMPTY}', ''],
  ['${NO:-}', ''],
  ['${NO:-a:-b $x}', 'a:-b $x'],
  ['${A:-unused}', 'one'],
  ['${TRAP}', '${A}'],
  ['${D}', '$&$1'],
  ['$A $ {A} costs 5$', '$A $ {A} costs 5$'],
])('%j expands to %j', (text, expected) => {
  expect(run(text)).toBe(expected);
});

test('a variable that is not set is named with the cure', () => {
  expect(() => run('key ${NO_SUCH}')).toThrow('needs the environment variable NO_SUCH, which is not set; set it or write ${NO_SUCH:-default}');
  expect(() => run('${toString}')).toThrow(/toString, which is not set/u);
});

test.each(['${A', '${}', '${1A}', '${input:token}', '${A:=x}', '${A ${A}}', '${NO:-${A}}', '${workspaceFolder.x}'])('%j is refused', (text) => {
  expect(() => run(text)).toThrow(/cannot be expanded; write \$\{VAR\}/u);
});

test('a text that cannot be expanded may be a secret: the error tells the place and shows none of it', () => {
  expect(() => run('pass${w0rd!}x')).toThrow(/^holds "\$\{" at character 5, which cannot be expanded; write \$\{VAR\} or \$\{VAR:-default\}$/u);
});

test('text without expressions stays as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('${'));
      expect(run(text)).toBe(text);
    }),
    { seed: 7 },
  );
});
