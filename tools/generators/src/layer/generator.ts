import { join } from 'node:path';
import { generateFiles, getProjects, logger, updateJson, type GeneratorCallback, type Tree } from '@nx/devkit';
import { layerNames } from './names.ts';

/** Options of the generator; see schema.json. */
export interface LayerOptions {
  name: string;
  description?: string;
}

/**
 * Makes `packages/NAME`: a security layer that type-checks, passes its tests and keeps to every check of the workspace,
 * with a small interface to start from.
 *
 * @throws {Error} where the name is not kebab-case, is taken, or the description is no sentence
 */
export default async function layerGenerator(tree: Tree, { name, description }: LayerOptions): Promise<GeneratorCallback> {
  const names = layerNames(name);
  const folder = `packages/${names.kebab}`;
  const packageName = `@code-executor/${names.kebab}`;
  if (tree.exists(folder)) throw new Error(`${folder} exists already: choose another name`);
  const taken = [packageName, names.kebab].find((each) => getProjects(tree).has(each));
  if (taken !== undefined) throw new Error(`a project is called ${taken} already: choose another name`);
  const sentence = description ?? `The ${names.words} layer of Code Executor.`;
  if (!/^[^\s"\\*][^"\\*\n\r]*\.$/.test(sentence)) {
    throw new Error(`description must be one sentence with a full stop, without double quotes, backslashes, asterisks and line breaks, got ${JSON.stringify(sentence)}`);
  }

  generateFiles(tree, join(import.meta.dirname, 'files'), folder, { ...names, packageName, description: sentence });
  tree.write(`${folder}/LICENSE`, tree.read('LICENSE') ?? '');
  addReference(tree, folder);
  return () => {
    logger.info(`\nMade ${folder}. Next:\n  npm install\n  npx vitest run --project ${packageName}\n`);
  };
}

/** Adds the package to the root's references, after the last one of its group. */
function addReference(tree: Tree, folder: string): void {
  updateJson<{ references?: { path: string }[] }>(tree, 'tsconfig.json', ({ references = [], ...rest }) => {
    const after = references.findLastIndex(({ path }) => path.startsWith('./packages/'));
    return { ...rest, references: references.toSpliced(after + 1, 0, { path: `./${folder}` }) };
  });
}
