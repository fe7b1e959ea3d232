/** Which partitions of an asset are in which state, from the ranges or lists the server gives. Pure. */
import type { AssetPartitionsQuery } from '../graphql/generated/graphql'

export type PartitionState = 'materialized' | 'failed' | 'materializing' | 'missing'

export const stateColour: Record<PartitionState, string> = {
  materialized: 'var(--success)',
  failed: 'var(--failure)',
  materializing: 'var(--running)',
  missing: 'var(--idle-soft)',
}

type Node = Extract<AssetPartitionsQuery['assetNodeOrError'], { __typename: 'AssetNode' }>
export type PartitionStatuses = NonNullable<Node['assetPartitionStatuses']>
type OneDimension = Extract<
  PartitionStatuses,
  { __typename: 'TimePartitionStatuses' | 'DefaultPartitionStatuses' }
>

const rangeState = { MATERIALIZED: 'materialized', FAILED: 'failed', MATERIALIZING: 'materializing' } as const

/** States by key along one dimension; keys without an entry are missing. */
export function statesOf(statuses: OneDimension, keys: readonly string[]): PartitionState[] {
  const states = new Array<PartitionState>(keys.length).fill('missing')
  const position = new Map(keys.map((key, index) => [key, index]))
  if (statuses.__typename === 'TimePartitionStatuses') {
    for (const range of statuses.ranges) {
      const [from, to] = [position.get(range.startKey), position.get(range.endKey)]
      if (from === undefined || to === undefined) continue
      states.fill(rangeState[range.status], from, to + 1)
    }
    return states
  }
  const put = (list: readonly string[], state: PartitionState) => {
    for (const key of list) {
      const index = position.get(key)
      if (index !== undefined) states[index] = state
    }
  }
  put(statuses.materializedPartitions, 'materialized')
  put(statuses.failedPartitions, 'failed')
  put(statuses.materializingPartitions, 'materializing')
  return states
}

/** A row of states for each key of the primary dimension. */
export function statesOf2D(
  statuses: Extract<PartitionStatuses, { __typename: 'MultiPartitionStatuses' }>,
  primary: readonly string[],
  secondary: readonly string[],
): PartitionState[][] {
  const rows = primary.map(() => new Array<PartitionState>(secondary.length).fill('missing'))
  const position = new Map(primary.map((key, index) => [key, index]))
  for (const range of statuses.ranges) {
    const [from, to] = [position.get(range.primaryDimStartKey), position.get(range.primaryDimEndKey)]
    if (from === undefined || to === undefined) continue
    const states = statesOf(range.secondaryDim, secondary)
    for (let index = from; index <= to; index++) rows[index] = states
  }
  return rows
}

export interface Span {
  from: number
  to: number
  state: PartitionState
}

/** Runs of equal states. */
export function spans(states: readonly PartitionState[]): Span[] {
  const result: Span[] = []
  states.forEach((state, index) => {
    const last = result.at(-1)
    if (last && last.state === state) last.to = index + 1
    else result.push({ from: index, to: index + 1, state })
  })
  return result
}
