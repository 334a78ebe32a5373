import { createContentFilter } from '@code-executor/content-filter';
import { describe, expect, it } from 'vitest';
import { findUndocumentedExports } from './rules/documented-exports.ts';
import { findEnvironmentReads } from './rules/environment-reads.ts';
import { findBannedText } from './rules/texts.ts';
import { lineOf, listFiles, readText } from './support/workspace.ts';

/** Lines that any TypeScript file may have. */
const MAX_LINES = 250;

const files = listFiles('.', /\.(?:ts|mts|js|mjs|py|json|md|yml|yaml|sh)$|(?:^|\/)(?:LICENSE|run)$/)
  .filter((path) => path !== 'package-lock.json')
  .map((path) => ({ path, text: readText(path) }));

/** A scan that finds secrets only: addresses of people are what documents and tests are full of. */
function secretsIn({ path, text }: { path: string; text: string }): string[] {
  return createContentFilter({ pii: false }).scan(text).map(({ pattern, start }) => `${path}:${lineOf(text, start)}: ${pattern}`);
}

describe('every text of the workspace', () => {
  it('is short enough to be read: no TypeScript file is over 250 lines', () => {
    const long = files.filter(({ path, text }) => path.endsWith('.ts') && text.trimEnd().split('\n').length > MAX_LINES);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('holds no skipped test, no mark of unfinished work, no check switched off, and no path of one machine', () => {
    expect(files.flatMap(findBannedText)).toEqual([]);
  });

  it('holds nothing that looks like a real secret', () => {
    expect(files.flatMap(secretsIn)).toEqual([]);
  });

  it('reads the environment only where configuration and apps let it in', () => {
    const sources = files.filter(({ path }) => /^(?:packages|apps)\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(path));
    expect(sources.flatMap(findEnvironmentReads)).toEqual([]);
  });

  it('says above every export of a source what it is for', () => {
    const sources = files.filter(({ path }) => /^(?:packages|apps|tools)\/[^/]+\/src\/.*(?<!\.test)\.ts$/.test(path));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(findUndocumentedExports)).toEqual([]);
  });
});

describe('the rule over texts', () => {
  const check = (text: string, path = 'a.ts'): string[] => findBannedText({ path, text });

  it.each([
    ['it', 'only'],
    ['describe', 'skip'],
    ['test', 'todo'],
  ])('finds %s.%s', (name, modifier) => {
    expect(check(`\n${name}.${modifier}('x', () => {});`)).toEqual([expect.stringMatching(/^a\.ts:2: /)]);
  });

  it('finds marks of unfinished work, switched-off checks and machine paths', () => {
    expect(check(`// ${'TO'}${'DO'}: later`)).toHaveLength(1);
    expect(check(`// @ts-${'ignore'}`)).toHaveLength(1);
    expect(check(`See ${'/home'}/alice/project.`, 'README.md')).toHaveLength(1);
  });

  it('finds a secret that looks real', () => {
    expect(secretsIn({ path: 'a.ts', text: `\nconst token = 'ghp_${'aB3d'.repeat(9)}';` })).toEqual(['a.ts:2: github_token']);
  });

  it('finds a read of the environment, and lets the entrances have it', () => {
    const text = '// process.env\nconst home = process.env.HOME;\n';
    expect(findEnvironmentReads({ path: 'packages/x/src/a.ts', text })).toEqual([expect.stringMatching(/^packages\/x\/src\/a\.ts:2: /)]);
    expect(findEnvironmentReads({ path: 'packages/executor/src/config/load.ts', text })).toEqual([]);
  });

  it('finds exports without a comment, and takes one for constants that stand together', () => {
    const text = [
      '/** A module. */',
      '',
      'export const a = 1;',
      '/** Both. */',
      'export const b = 1;',
      'export const c = 2;',
      '',
      'export function d(): void {}',
      '// Why.',
      'export interface E {}',
      "export { f } from './f.ts';",
      'const g = 1;',
    ].join('\n');
    expect(findUndocumentedExports({ path: 'x.ts', text })).toEqual(['x.ts:3: a has no comment', 'x.ts:8: d has no comment']);
  });

  it('leaves ordinary text alone', () => {
    expect(check(`it.skipIf(process.platform === 'win32')('x', f); it.each([1])('y', f); split(/x/); const many = 1; // only todo lists`)).toEqual([]);
    expect(check('curl http://127.0.0.1:1/work/x', 'README.md')).toEqual([]);
  });
});
