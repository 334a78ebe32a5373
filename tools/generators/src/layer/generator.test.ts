import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import layerGenerator from './generator.ts';

const ROOT = join(import.meta.dirname, '../../../..');

describe('the generator of layers', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
    tree.write('LICENSE', 'MIT License\n');
    tree.write('tsconfig.json', JSON.stringify({ extends: './tsconfig.base.json', files: [], references: [{ path: './packages/a' }, { path: './apps/cli' }] }));
  });

  const made = (folder: string): string[] => {
    const paths: string[] = [];
    const visit = (path: string): void => {
      for (const name of tree.children(path)) {
        const child = `${path}/${name}`;
        if (tree.isFile(child)) paths.push(child.slice(folder.length + 1));
        else visit(child);
      }
    };
    visit(folder);
    return paths.sort();
  };

  it('makes a whole package', async () => {
    await layerGenerator(tree, { name: 'token-guard' });
    expect(made('packages/token-guard')).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
      'src/errors.ts',
      'src/index.ts',
      'src/token-guard.test.ts',
      'src/token-guard.ts',
      'test/readme.test.ts',
      'tsconfig.json',
      'tsconfig.lib.json',
      'tsconfig.spec.json',
    ]);
  });

  it('gives it a package.json that differs from those of its siblings in name, description and folder only', async () => {
    await layerGenerator(tree, { name: 'token-guard', description: 'Guards tokens.' });
    const manifest = readJson<Record<string, unknown>>(tree, 'packages/token-guard/package.json');
    const sibling = JSON.parse(readFileSync(join(ROOT, 'packages/rate-limiter/package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toEqual({
      ...sibling,
      version: '0.1.0',
      name: '@code-executor/token-guard',
      description: 'Guards tokens.',
      repository: { ...(sibling['repository'] as object), directory: 'packages/token-guard' },
    });
  });

  it('gives it the compiler settings of its siblings', async () => {
    await layerGenerator(tree, { name: 'token-guard' });
    for (const name of ['tsconfig.json', 'tsconfig.lib.json', 'tsconfig.spec.json']) {
      expect(tree.read(`packages/token-guard/${name}`, 'utf8')).toBe(readFileSync(join(ROOT, 'packages/rate-limiter', name), 'utf8'));
    }
  });

  it('adds it to the references of the root, after the other packages, and changes nothing else there', async () => {
    await layerGenerator(tree, { name: 'token-guard' });
    expect(readJson(tree, 'tsconfig.json')).toEqual({
      extends: './tsconfig.base.json',
      files: [],
      references: [{ path: './packages/a' }, { path: './packages/token-guard' }, { path: './apps/cli' }],
    });
  });

  it('leaves no placeholder of a template behind', async () => {
    await layerGenerator(tree, { name: 'a1-b2' });
    const texts = made('packages/a1-b2').map((path) => tree.read(`packages/a1-b2/${path}`, 'utf8') ?? '');
    expect(texts.join('\n')).not.toMatch(/<%|%>|__kebab__/);
    expect(tree.read('packages/a1-b2/src/a1-b2.ts', 'utf8')).toContain('export function createA1B2(');
  });

  it.each(['', 'Token', 'token_guard', 'token--guard', '-guard', 'guard-', '1token', 'token guard', '../evil', 'a/b', '.', 'é', 'a'.repeat(51), 'index', 'errors', 'verdict'])('refuses the name %j and makes nothing', async (name) => {
    const before = tree.listChanges().length;
    await expect(layerGenerator(tree, { name })).rejects.toThrow(/^name /);
    expect(tree.listChanges()).toHaveLength(before);
  });

  it('refuses a name whose folder or project exists, and leaves what is there alone', async () => {
    await layerGenerator(tree, { name: 'token-guard' });
    const before = tree.read('packages/token-guard/package.json', 'utf8');
    await expect(layerGenerator(tree, { name: 'token-guard' })).rejects.toThrow('packages/token-guard exists already: choose another name');
    expect(tree.read('packages/token-guard/package.json', 'utf8')).toBe(before);
    tree.write('tools/kit/package.json', JSON.stringify({ name: '@code-executor/kit' }));
    tree.write('package.json', JSON.stringify({ name: 'root', workspaces: ['tools/*'] }));
    await expect(layerGenerator(tree, { name: 'kit' })).rejects.toThrow('a project is called @code-executor/kit already: choose another name');
  });

  it.each(['no full stop', '', 'A "quote".', 'ends */ the comment.', 'two\nlines.'])('refuses the description %j', async (description) => {
    await expect(layerGenerator(tree, { name: 'token-guard', description })).rejects.toThrow(/^description /);
    expect(tree.exists('packages/token-guard')).toBe(false);
  });
});
