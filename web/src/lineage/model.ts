/** The asset graph as the lineage views need it: nodes by id, neighbours, and parts of it. Pure. */
import type { LineageGraphQuery } from '../graphql/generated/graphql'
import type { LayoutEdge } from '../graph/layout'
import { keyToId, keyToText } from '../lib/names'

export type LineageNode = LineageGraphQuery['assetNodes'][number]

export interface AssetGraph {
  nodes: Map<string, LineageNode>
  up: Map<string, string[]>
  down: Map<string, string[]>
  edges: LayoutEdge[]
}

export function buildGraph(list: readonly LineageNode[]): AssetGraph {
  const nodes = new Map(list.map((node) => [keyToId(node.assetKey), node]))
  const up = new Map<string, string[]>()
  const down = new Map<string, string[]>()
  const edges: LayoutEdge[] = []
  for (const [id, node] of nodes) {
    const parents = node.dependencyKeys.map(keyToId).filter((parent) => nodes.has(parent))
    up.set(id, parents)
    for (const parent of parents) {
      edges.push({ from: parent, to: id })
      const list = down.get(parent)
      if (list) list.push(id)
      else down.set(parent, [id])
    }
  }
  return { nodes, up, down, edges }
}

/** Ids within `depth` steps of `start` along `next`, start included. */
export function reach(
  next: ReadonlyMap<string, string[]>,
  start: Iterable<string>,
  depth = Infinity,
): Set<string> {
  const seen = new Set(start)
  let border = [...seen]
  for (let step = 0; step < depth && border.length > 0; step++) {
    const following: string[] = []
    for (const id of border) {
      for (const other of next.get(id) ?? []) {
        if (seen.has(other)) continue
        seen.add(other)
        following.push(other)
      }
    }
    border = following
  }
  return seen
}

export function neighbourhood(
  graph: AssetGraph,
  id: string,
  upDepth: number,
  downDepth: number,
): Set<string> {
  return new Set([...reach(graph.up, [id], upDepth), ...reach(graph.down, [id], downDepth)])
}

export function subgraph(graph: AssetGraph, keep: (id: string) => boolean): AssetGraph {
  return buildGraph([...graph.nodes].filter(([id]) => keep(id)).map(([, node]) => node))
}

/**
 * Assets a query means. Words match names, groups (`group:x`) and kinds (`kind:x`); a leading `+` takes everything
 * upstream along, a trailing `+` everything downstream, as in Dagster's selection syntax.
 */
export function select(graph: AssetGraph, query: string): Set<string> {
  const result = new Set<string>()
  for (const word of query
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)) {
    const above = word.startsWith('+')
    const below = word.endsWith('+')
    const text = word.replace(/^\++|\++$/g, '')
    const direct = [...graph.nodes].filter(([, node]) => matches(node, text)).map(([id]) => id)
    for (const id of direct) result.add(id)
    if (above) for (const id of reach(graph.up, direct)) result.add(id)
    if (below) for (const id of reach(graph.down, direct)) result.add(id)
  }
  return result
}

function matches(node: LineageNode, text: string): boolean {
  if (text === '*') return true
  if (text.startsWith('group:')) return node.groupName.toLowerCase() === text.slice(6)
  if (text.startsWith('kind:')) return node.kinds.some((kind) => kind.toLowerCase() === text.slice(5))
  return text !== '' && keyToText(node.assetKey).toLowerCase().includes(text.replace(/^key:/, ''))
}
