import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';
import { publishedProjects, type Project } from './workspace.ts';

/** A package as npm would publish it now. */
export interface PackedProject {
  project: Project;
  /** The tarball's path. */
  tarball: string;
  /** The paths in it, from the package's folder. */
  files: string[];
}

interface PackReport {
  name: string;
  filename: string;
  files: { path: string }[];
}

/** Packs every published package with npm; `remove` takes the tarballs away again. */
export async function packProjects(): Promise<{ packed: PackedProject[]; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'code-executor-pack-'));
  const projects = publishedProjects();
  const selection = projects.map(({ folder: path }) => `--workspace=${path}`);
  const { status, stdout, output } = await runTool('npm', ['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`, ...selection]);
  if (status !== 0) throw new Error(`npm pack ended with ${status}: ${output}`);
  const reports = JSON.parse(stdout) as PackReport[] | Record<string, PackReport>;
  const packed = Object.values(reports).map(({ name, filename, files }) => ({
    project: projects.find(({ manifest }) => manifest.name === name) as Project,
    tarball: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
  return { packed, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Maps with at most two calls running: the machines that run this have two cores. */
export async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}
