import { dirname, join } from 'node:path/posix';
import ts from 'typescript';
import type { Project } from '../support/workspace.ts';
import { refuseEdge, type GraphNode } from './edges.ts';

/** One source file, its path from the root. */
export interface Source {
  path: string;
  text: string;
}

/** What the rule needs to know about the workspace. */
export interface ImportRules {
  projects: readonly Project[];
  /** What the root's package.json gives to every test, bench and tool: the test runner and its like. */
  rootDevDependencies: readonly string[];
}

/** Files that are not part of what a package ships. */
const FOR_DEVELOPMENT = /\.test\.ts$|^[^/]+\/[^/]+\/(?:test|bench)\//;

/** Everything that a file imports, literally: static, re-exported, dynamic, required and type imports. */
export function importsOf({ path, text }: Source): string[] {
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) specifiers.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return specifiers;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const loads = expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? node.arguments[0] : undefined;
}

/** The package that a bare specifier names, or undefined for a relative or built-in one. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|\/|node:|file:|data:|blob:)/.test(specifier)) return undefined;
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Every import of a file that its package does not declare, that leads out of its package by a path, or that the
 * rules over the graph forbid: npm lets a package import an undeclared sibling, so nothing else would notice.
 */
export function findForbiddenImports(source: Source, rules: ImportRules): string[] {
  const { projects } = rules;
  const project = projects.find(({ folder }) => source.path.startsWith(`${folder}/`));
  if (project === undefined) return [`${source.path}: belongs to no package`];
  const nodes = new Map(projects.map((each) => [each.manifest.name ?? '', nodeOf(each)]));
  return importsOf(source).flatMap((specifier) => {
    const problem = refuseImport(specifier, source.path, project, { nodes, rootDevDependencies: rules.rootDevDependencies });
    return problem === undefined ? [] : [`${source.path}: ${problem}`];
  });
}

interface Surroundings {
  nodes: ReadonlyMap<string, GraphNode>;
  rootDevDependencies: readonly string[];
}

function refuseImport(specifier: string, path: string, { folder, manifest }: Project, { nodes, rootDevDependencies }: Surroundings): string | undefined {
  const name = packageOf(specifier);
  if (name === undefined) {
    const leaves = specifier.startsWith('.') && !`${join(dirname(path), specifier)}/`.startsWith(`${folder}/`);
    return leaves ? `"${specifier}" leads out of ${folder}` : undefined;
  }
  const own = manifest.name ?? '';
  if (name === own) return undefined;
  const fromRoot = isForDevelopment(manifest, path) && rootDevDependencies.includes(name) && !nodes.has(name);
  if (!fromRoot && !declaredNames(manifest, path).has(name)) return `"${specifier}" is not declared in ${folder}/package.json`;
  if (!nodes.has(name)) return undefined;
  const forbidden = refuseEdge({ source: own, target: name }, nodes);
  if (forbidden !== undefined) return forbidden;
  const isTestKit = nodes.get(name)?.tags.includes('type:test-kit');
  return isTestKit && !FOR_DEVELOPMENT.test(path) ? `"${specifier}" is a test kit: only tests may import it` : undefined;
}

/** What a file may import: development's dependencies too where the file is for development or its package is bundled. */
function declaredNames(manifest: Project['manifest'], path: string): Set<string> {
  const { dependencies, devDependencies, peerDependencies, bin } = manifest;
  const shipped = { ...dependencies, ...peerDependencies };
  const all = isForDevelopment(manifest, path) || bin !== undefined;
  return new Set(Object.keys(all ? { ...shipped, ...devDependencies } : shipped));
}

function isForDevelopment(manifest: Project['manifest'], path: string): boolean {
  return manifest.private === true || FOR_DEVELOPMENT.test(path);
}

function nodeOf({ manifest }: Project): GraphNode {
  return { name: manifest.name ?? '', tags: manifest.nx?.tags ?? [], devDependencies: Object.keys(manifest.devDependencies ?? {}) };
}
