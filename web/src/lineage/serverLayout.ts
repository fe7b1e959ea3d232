/**
 * The drawing of an asset graph as the server lays it out: nothing that runs in a browser stays quick at thousands of
 * assets. A server which does not offer this (Dagster's own) gets the layout made here instead.
 */
import { useMemo } from 'react'
import { LineageLayoutDocument, type LineageLayoutQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { layoutGraph, type Layout } from '../graph/layout'
import { keyToId } from '../lib/names'
import type { AssetGraph } from './model'

export const nodeWidth = 224
export const nodeHeight = 64

/** What part of the graph to draw, and whether groups stand in boxes of their own. */
export interface Part {
  selection?: string
  boxes?: boolean
}

export interface GroupBox {
  name: string
  x: number
  y: number
  width: number
  height: number
}

export interface Drawing {
  layout: Layout
  boxes: GroupBox[]
}

/** Assets around one, `depth` steps away (Infinity for all), in Dagster's selection language. Pure. */
export function selectAround(path: readonly string[], depth: number): string {
  const steps = depth === Infinity ? '' : String(depth)
  return `${steps}+key:${quote(path.join('/'))}+${steps}`
}

export function selectGroup(group: string): string {
  return `group:${quote(group)}`
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** The server's answer as a drawing of `graph`; undefined when it does not hold all of its assets. Pure. */
export function toDrawing(
  answer: LineageLayoutQuery['assetGraphLayout'],
  graph: AssetGraph,
): Drawing | undefined {
  const ids = answer.nodes.map((node) => keyToId(node.assetKey))
  const nodes = new Map(
    answer.nodes.flatMap((node, index) =>
      graph.nodes.has(ids[index]!)
        ? [[ids[index]!, { x: node.x + nodeWidth / 2, y: node.y + nodeHeight / 2 }] as const]
        : [],
    ),
  )
  if (nodes.size < graph.nodes.size) return undefined
  const edges = answer.edges
    .map(({ from, to, points }) => ({ from: ids[from] ?? '', to: ids[to] ?? '', points }))
    .filter(({ from, to, points }) => nodes.has(from) && nodes.has(to) && points.length > 1)
  return { layout: { nodes, edges, width: answer.width, height: answer.height }, boxes: answer.groups }
}

function layOutHere(graph: AssetGraph): Drawing {
  const nodes = [...graph.nodes].map(([id, node]) => ({ id, group: node.groupName }))
  return { layout: layoutGraph(nodes, graph.edges, { nodeWidth, nodeHeight }), boxes: [] }
}

/** The drawing of a graph; undefined until the server has answered. */
export function useDrawing(graph: AssetGraph, part: Part): Drawing | undefined {
  const query = useGql(
    LineageLayoutDocument,
    {
      selection: part.selection,
      groupBy: part.boxes ? 'GROUP' : undefined,
      width: nodeWidth,
      height: nodeHeight,
    },
    { staleTime: 60_000 },
  )
  const waiting = query.data === undefined && query.error === null
  return useMemo(() => {
    if (waiting) return undefined
    return (query.data && toDrawing(query.data.assetGraphLayout, graph)) ?? layOutHere(graph)
  }, [waiting, query.data, graph])
}
