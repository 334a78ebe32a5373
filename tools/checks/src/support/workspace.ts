import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The workspace's root folder. */
export const ROOT: string = join(import.meta.dirname, '../../../..');

/** The parts of a package.json that the checks look at. */
export interface Manifest {
  name?: string;
  version?: string;
  description?: string;
  license?: string;
  type?: string;
  private?: boolean;
  engines?: Record<string, string>;
  repository?: { type?: string; url?: string; directory?: string };
  exports?: Record<string, null | string | Record<string, string>>;
  bin?: Record<string, string>;
  files?: string[];
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  nx?: { tags?: string[] };
}

/** One package of the workspace. */
export interface Project {
  /** From the root, with forward slashes: `packages/audit-log`. */
  folder: string;
  manifest: Manifest;
}

const GROUPS = ['packages', 'apps', 'tools'] as const;

/** What is made by builds and tools, never written by hand. */
const MADE = new Set(['node_modules', 'dist', 'out-tsc', 'coverage', '.nx', '.vitest', '.git']);
/** Copies that the app builds make. */
const COPIES = /^apps\/[^/]+\/(?:harness|examples)$/;

/** Every package of the workspace, in order of folder. */
export function readProjects(root: string = ROOT): Project[] {
  return GROUPS.flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => `${group}/${name}`)
      .flatMap((folder) => {
        const text = readIfThere(join(root, folder, 'package.json'));
        return text === undefined ? [] : [{ folder, manifest: JSON.parse(text) as Manifest }];
      }),
  );
}

/** The packages that are published: those that are not private. */
export function publishedProjects(projects: readonly Project[] = readProjects()): Project[] {
  return projects.filter(({ manifest }) => manifest.private !== true);
}

/** The root's package.json. */
export function readRootManifest(): Manifest {
  return JSON.parse(readText('package.json')) as Manifest;
}

/** A file's text; the path is from the root. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A file's text, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Every file below a folder that somebody wrote, as paths from the root with forward slashes, sorted. */
export function listFiles(folder = '.', accept: RegExp = /./): string[] {
  const files: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      const name = relative(ROOT, path).split(sep).join('/');
      if (MADE.has(entry.name) || COPIES.test(name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && accept.test(name)) files.push(name);
    }
  };
  visit(join(ROOT, folder));
  return files.sort();
}

/** 1-based line of an index in a text. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
