interface Search {
  readonly order: Map<string, number>;
  readonly low: Map<string, number>;
  readonly open: string[];
  readonly components: string[][];
}

function lower(search: Search, node: string, value: number): void {
  search.low.set(node, Math.min(search.low.get(node) ?? Infinity, value));
}

/** Tarjan's algorithm. */
function visit(node: string, graph: ReadonlyMap<string, Iterable<string>>, search: Search): void {
  const order = search.order.size;
  search.order.set(node, order);
  search.low.set(node, order);
  search.open.push(node);
  for (const target of graph.get(node) ?? []) {
    const seen = search.order.get(target);
    if (seen === undefined) {
      visit(target, graph, search);
      lower(search, node, search.low.get(target) ?? order);
    } else if (search.open.includes(target)) {
      lower(search, node, seen);
    }
  }
  if (search.low.get(node) === order) search.components.push(search.open.splice(search.open.indexOf(node)));
}

/** Cycles of a graph: each strongly connected set of more than one node, sorted, and each node with an edge to itself. */
export function findCycles(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const search: Search = { order: new Map(), low: new Map(), open: [], components: [] };
  for (const node of graph.keys()) if (!search.order.has(node)) visit(node, graph, search);
  const isCycle = (nodes: readonly string[]): boolean => nodes.length > 1 || nodes.some((node) => [...(graph.get(node) ?? [])].includes(node));
  return search.components.filter(isCycle).map((nodes) => nodes.sort());
}
