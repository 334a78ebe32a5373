import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStaleMentions, type Known } from './rules/commands.ts';
import { findBrokenLinks } from './rules/markdown.ts';
import { listFiles, readRootManifest, readText, ROOT } from './support/workspace.ts';

const documents = listFiles('.', /\.md$/)
  .filter((path) => !path.startsWith('examples/'))
  .map((path) => ({ path, text: readText(path) }));

/** The sub-commands that the sources of the command line define. */
function commandsOfCli(): Set<string> {
  const commands = new Set<string>();
  for (const path of listFiles('apps/cli/src/commands', /\.ts$/)) {
    const text = readText(path);
    const top = /program\s*\.command\('([a-z]+)/.exec(text)?.[1] ?? '';
    commands.add(top);
    for (const [, name = ''] of text.matchAll(/^ {4}\.command\('([a-z]+)/gm)) if (name !== top) commands.add(`${top} ${name}`);
  }
  return commands;
}

/** The variables that the sources below a folder name. */
function variablesOf(folder: string): string[] {
  return listFiles(folder, /\.ts$/).flatMap((path) => readText(path).match(/\b(?:CODE_EXECUTOR|ANTHROPIC)_[A-Z_]*[A-Z]\b/g) ?? []);
}

const known: Known = {
  scripts: new Set(Object.keys(readRootManifest().scripts ?? {})),
  commands: commandsOfCli(),
  generators: new Set(Object.keys((JSON.parse(readText('tools/generators/generators.json')) as { generators: object }).generators)),
  variables: new Set(variablesOf('packages/executor/src/config')),
  exists: (path) => existsSync(join(ROOT, path)),
};

describe('the documents', () => {
  it('are there: what a newcomer, a user, an operator and an attacker would look for', () => {
    const paths = documents.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'VERSIONING.md']));
    expect(paths.filter((path) => path.startsWith('docs/adr/')).length).toBeGreaterThanOrEqual(7);
    expect(readText('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) 2026 Code Executor contributors\n/);
  });

  it('have no relative link that leads nowhere', () => {
    const read = (path: string): string | undefined => {
      const absolute = join(ROOT, path);
      if (!existsSync(absolute)) return undefined;
      return statSync(absolute).isDirectory() ? 'folder' : readFileSync(absolute, 'utf8');
    };
    expect(documents.flatMap((document) => findBrokenLinks(document, read))).toEqual([]);
  });

  it('mention only scripts, commands, generators, variables and paths that exist', () => {
    expect([...known.commands]).toEqual(expect.arrayContaining(['run', 'demo', 'doctor', 'audit verify', 'config show']));
    expect(known.variables.size).toBeGreaterThanOrEqual(9);
    const stale = documents.flatMap((document) => {
      // A package may speak of variables that it knows without reading them, such as those that it refuses to pass on.
      const folder = /^packages\/[^/]+/.exec(document.path)?.[0];
      const variables = new Set([...known.variables, ...(folder === undefined ? [] : variablesOf(`${folder}/src`))]);
      return findStaleMentions(document, { ...known, variables });
    });
    expect(stale).toEqual([]);
  });

  it('name tests that exist', () => {
    const names = documents.flatMap(({ text }) => text.match(/\bshould_\w+/g) ?? []);
    const tests = listFiles('packages', /\.test\.ts$/).map(readText).join('\n');
    expect(names.length).toBeGreaterThanOrEqual(7);
    expect(names.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
  });

  it('are in plain type: no emoji', () => {
    expect(documents.filter(({ text }) => /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F/u.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the rules over documents', () => {
  const check = (text: string): string[] =>
    findStaleMentions({ path: 'a.md', text }, { scripts: new Set(['demo']), commands: new Set(['run', 'audit', 'audit verify']), generators: new Set(['layer']), variables: new Set(['ANTHROPIC_API_KEY']), exists: (path) => ['docs/guide.md', 'packages/one/src/a.ts'].includes(path) });

  it('let pass what exists', () => {
    const text = 'Code-executor is prose. `npm run demo`, `code-executor run x.ts`, `code-executor audit verify`, `code-executor --help`, ANTHROPIC_API_KEY, `docs/guide.md`, `one/src/a.ts`, `src/b.ts`, `packages/NAME`.';
    expect(check(text)).toEqual([]);
    expect(check('```sh\n$ code-executor run x\necho 1 | code-executor run -\n```')).toEqual([]);
  });

  it.each([
    ['`npm run nothing`', 'no npm script nothing'],
    ['`code-executor nothing`', 'no command nothing'],
    ['```sh\ncode-executor audit nothing\n```', 'no command audit nothing'],
    ['```sh\ncode-executor audit\n```', 'no command audit without a sub-command'],
    ['`@code-executor/generators:nothing`', 'no generator nothing'],
    ['CODE_EXECUTOR_NOTHING', 'no environment variable CODE_EXECUTOR_NOTHING'],
    ['`docs/nothing.md`', 'no path docs/nothing.md'],
    ['`one/src/nothing.ts`', 'no path packages/one/src/nothing.ts'],
  ])('find the stale mention in %j', (text, problem) => {
    expect(check(`\n${text}`)).toEqual([expect.stringMatching(new RegExp(`^a\\.md:[23]: ${problem}$`))]);
  });

  it('find links to missing files and headings, and nothing in code', () => {
    const files: Record<string, string> = { 'docs/b.md': '# Title\n\n## A *second*, `one`\n' };
    const links = (text: string): string[] => findBrokenLinks({ path: 'docs/a.md', text }, (path) => files[path]);
    expect(links('# Here\n[a](b.md) [b](b.md#a-second-one) [c](#here) [d](https://x.org/y) `[e](no.md)`\n```md\n[f](no.md)\n```\n')).toEqual([]);
    expect(links('[a](no.md)\n[b](b.md#no) [c](#no)')).toEqual(['docs/a.md:1: no file no.md', 'docs/a.md:2: no heading #no in b.md', 'docs/a.md:2: no heading #no in docs/a.md']);
  });
});
