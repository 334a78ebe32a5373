import { beforeAll, describe, expect, it } from 'vitest';
import { findForbiddenEdges, kindOf, type Graph, type GraphNode } from './rules/edges.ts';
import { readProjectGraph } from './support/project-graph.ts';
import { readProjects } from './support/workspace.ts';

describe('the project graph', () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await readProjectGraph();
  }, 120_000);

  it('holds every package of the workspace', () => {
    expect(graph.nodes.map(({ name }) => name).sort()).toEqual(readProjects().map(({ manifest }) => manifest.name).sort());
  });

  it('has no edge that the rules forbid', () => {
    expect(findForbiddenEdges(graph)).toEqual([]);
  });

  it('is the house: eight packages and two apps, each of its kind', () => {
    const kinds = Object.fromEntries(graph.nodes.map((node) => [node.name, kindOf(node)]));
    expect(kinds).toMatchObject({
      '@code-executor/content-filter': 'type:layer',
      '@code-executor/rate-limiter': 'type:layer',
      '@code-executor/audit-log': 'type:layer',
      '@code-executor/bridge-core': 'type:bridge',
      '@code-executor/deno-runtime': 'type:runtime',
      '@code-executor/pyodide-runtime': 'type:runtime-python',
      '@code-executor/tool-gateway': 'type:gateway',
      '@code-executor/executor': 'type:composition',
      'code-executor-mcp': 'type:app',
      'code-executor': 'type:app',
    });
  });

  it('has the edges that the composition stands on', () => {
    const targets = graph.edges.filter(({ source }) => source === '@code-executor/executor').map(({ target }) => target);
    expect(targets).toEqual(expect.arrayContaining(['audit-log', 'bridge-core', 'content-filter', 'deno-runtime', 'pyodide-runtime', 'rate-limiter', 'tool-gateway'].map((name) => `@code-executor/${name}`)));
  });

  it('gives the layers no runtime dependency at all', () => {
    const layers = readProjects().filter(({ manifest }) => manifest.nx?.tags?.includes('type:layer'));
    expect(layers.length).toBeGreaterThanOrEqual(3);
    expect(layers.map(({ manifest }) => ({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }))).toEqual(layers.map(() => ({})));
  });
});

describe('the rule over the graph', () => {
  const node = (name: string, kind: string, devDependencies: string[] = []): GraphNode => ({ name, tags: ['npm:public', `type:${kind}`], devDependencies });
  const house: GraphNode[] = [
    node('filter', 'layer'),
    node('limiter', 'layer'),
    node('bridge', 'bridge'),
    node('deno', 'runtime'),
    node('pyodide', 'runtime-python'),
    node('gateway', 'gateway'),
    node('executor', 'composition', ['kit']),
    node('server', 'app'),
    node('code-executor', 'app'),
    node('@code-executor/content-filter', 'layer'),
    node('kit', 'test-kit'),
    node('checks', 'tool'),
  ];
  const check = (source: string, target: string): string[] => findForbiddenEdges({ nodes: house, edges: [{ source, target }] });

  it.each([
    ['pyodide', 'deno'],
    ['executor', 'filter'],
    ['executor', 'gateway'],
    ['server', 'executor'],
    ['code-executor', '@code-executor/content-filter'],
    ['executor', 'kit'],
    ['checks', 'executor'],
  ])('allows %s → %s', (source, target) => {
    expect(check(source, target)).toEqual([]);
  });

  it.each([
    ['filter', 'limiter'],
    ['filter', 'bridge'],
    ['bridge', 'filter'],
    ['deno', 'pyodide'],
    ['deno', 'bridge'],
    ['pyodide', 'bridge'],
    ['gateway', 'filter'],
    ['executor', 'server'],
    ['server', 'filter'],
    ['server', '@code-executor/content-filter'],
    ['server', 'bridge'],
    ['code-executor', 'limiter'],
    ['code-executor', 'server'],
    ['kit', 'bridge'],
    ['executor', 'checks'],
  ])('refuses %s → %s, naming both', (source, target) => {
    expect(check(source, target)).toEqual([expect.stringContaining(`${source} → ${target}`)]);
  });

  it('refuses a test kit that is no development dependency', () => {
    expect(check('server', 'kit')).toEqual(['server → kit: a test kit belongs in devDependencies']);
  });

  it.each([[[]], [['type:layer', 'type:app']], [['type:novelty']]])('refuses a project with the type tags %j', (tags) => {
    const nodes = [{ name: 'odd', tags, devDependencies: [] }];
    expect(findForbiddenEdges({ nodes, edges: [] })).toEqual(['odd: needs exactly one known type tag']);
  });
});
