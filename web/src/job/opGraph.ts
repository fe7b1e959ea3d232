/** The ops of one level of a job as a graph. Pure. */
import type { JobPageQuery } from '../graphql/generated/graphql'
import type { LayoutEdge } from '../graph/layout'

export type JobInfo = Extract<JobPageQuery['pipelineOrError'], { __typename: 'Pipeline' }>
export type Handle = JobInfo['solidHandles'][number]

/** Handles directly below `parent` (empty for the top), with the edges between them. */
export function opsAt(
  handles: readonly Handle[],
  parent: string,
): { handles: Handle[]; edges: LayoutEdge[] } {
  const level = handles.filter((handle) => (handle.parent?.handleID ?? '') === parent)
  const byName = new Map(level.map((handle) => [handle.solid.name, handle.handleID]))
  const seen = new Set<string>()
  const edges: LayoutEdge[] = []
  for (const handle of level) {
    for (const input of handle.solid.inputs) {
      for (const source of input.dependsOn) {
        const from = byName.get(source.solid.name)
        const key = `${from}\n${handle.handleID}`
        if (from === undefined || seen.has(key)) continue
        seen.add(key)
        edges.push({ from, to: handle.handleID })
      }
    }
  }
  return { handles: level, edges }
}

/** `a.b.c` as the steps of a path: ['a', 'a.b', 'a.b.c']. */
export function crumbs(handleId: string): string[] {
  if (!handleId) return []
  const parts = handleId.split('.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}
