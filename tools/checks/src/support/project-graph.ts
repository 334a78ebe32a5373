import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../rules/edges.ts';
import { runTool } from './run-tool.ts';
import { readProjects } from './workspace.ts';

interface NxGraph {
  graph: {
    nodes: Record<string, { data: { root: string; tags?: string[] } }>;
    dependencies: Record<string, { source: string; target: string }[]>;
  };
}

/** The project graph as Nx derives it from the manifests and the sources. */
export async function readProjectGraph(): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), 'code-executor-graph-'));
  try {
    const file = join(folder, 'graph.json');
    const { status, output } = await runTool('nx', ['graph', `--file=${file}`]);
    if (status !== 0) throw new Error(`nx graph ended with ${status}: ${output}`);
    const { nodes, dependencies } = (JSON.parse(await readFile(file, 'utf8')) as NxGraph).graph;
    const manifests = new Map(readProjects().map(({ folder: root, manifest }) => [root, manifest]));
    return {
      nodes: Object.entries(nodes).map(([name, { data }]) => ({
        name,
        tags: data.tags ?? [],
        devDependencies: Object.keys(manifests.get(data.root)?.devDependencies ?? {}),
      })),
      edges: Object.values(dependencies)
        .flat()
        .filter(({ target }) => Object.hasOwn(nodes, target)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
