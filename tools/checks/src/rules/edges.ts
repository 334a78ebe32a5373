/** A project as the rules see it. */
export interface GraphNode {
  name: string;
  tags: readonly string[];
  /** Names that the project declares for its tests and its build only. */
  devDependencies: readonly string[];
}

/** A dependency of one project on another. */
export interface GraphEdge {
  source: string;
  target: string;
}

/** The project graph. */
export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

/** What is never published may stand on every package. */
const EVERY_PACKAGE = ['type:layer', 'type:bridge', 'type:runtime', 'type:runtime-python', 'type:gateway', 'type:composition'];

/** Which kinds of project a kind may stand on. A kind that is not here may not exist. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  'type:layer': [],
  'type:bridge': [],
  'type:runtime': [],
  'type:runtime-python': ['type:runtime'],
  'type:gateway': [],
  'type:composition': ['type:layer', 'type:bridge', 'type:runtime', 'type:runtime-python', 'type:gateway'],
  'type:app': ['type:composition'],
  'type:test-kit': [],
  'type:tool': EVERY_PACKAGE,
  'type:bench': EVERY_PACKAGE,
};

/** The layers that an app shows as themselves: `redact` and `audit` of the command line. */
const SHOWN_BY_APP: Readonly<Record<string, readonly string[]>> = {
  'code-executor': ['@code-executor/content-filter', '@code-executor/audit-log'],
};

/** The one `type:` tag of a project, or undefined where it has none, several or an unknown one. */
export function kindOf(node: Pick<GraphNode, 'tags'> | undefined): string | undefined {
  const kinds = node?.tags.filter((tag) => tag.startsWith('type:')) ?? [];
  return kinds.length === 1 && kinds[0] !== undefined && Object.hasOwn(MAY_USE, kinds[0]) ? kinds[0] : undefined;
}

/** Why an edge may not be, or undefined where it may. */
export function refuseEdge({ source, target }: GraphEdge, nodes: ReadonlyMap<string, GraphNode>): string | undefined {
  const from = nodes.get(source);
  const sourceKind = kindOf(from);
  const targetKind = kindOf(nodes.get(target));
  if (from === undefined || sourceKind === undefined || targetKind === undefined) return `${source} → ${target}: a project without exactly one known type tag`;
  if (MAY_USE[sourceKind]?.includes(targetKind)) return undefined;
  if (SHOWN_BY_APP[source]?.includes(target)) return undefined;
  if (targetKind === 'type:test-kit') {
    return from.devDependencies.includes(target) ? undefined : `${source} → ${target}: a test kit belongs in devDependencies`;
  }
  return `${source} → ${target}: ${sourceKind} may not use ${targetKind}`;
}

/** Every violation of the rules in a graph, one sentence each. */
export function findForbiddenEdges({ nodes, edges }: Graph): string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const untagged = nodes.filter((node) => kindOf(node) === undefined).map(({ name }) => `${name}: needs exactly one known type tag`);
  return [...untagged, ...edges.flatMap((edge) => refuseEdge(edge, byName) ?? [])];
}
