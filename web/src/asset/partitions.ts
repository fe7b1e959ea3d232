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

export interface KeyState {
  key: string
  state: PartitionState
}

/** Every partition with its state, the last keys (the newest of time partitions) first. */
export function keyStates(
  node: Pick<Node, 'assetPartitionStatuses' | 'partitionKeysByDimension'>,
): KeyState[] {
  const statuses = node.assetPartitionStatuses
  const dimensions = node.partitionKeysByDimension ?? []
  const first = dimensions[0]
  if (!statuses || !first) return []
  if (statuses.__typename !== 'MultiPartitionStatuses') {
    const states = statesOf(statuses, first.partitionKeys)
    return first.partitionKeys.map((key, index) => ({ key, state: states[index]! })).reverse()
  }
  const primary = dimensions.find((each) => each.name === statuses.primaryDimensionName) ?? first
  const secondary = dimensions.find((each) => each !== primary)
  if (!secondary) return []
  const grid = statesOf2D(statuses, primary.partitionKeys, secondary.partitionKeys)
  return primary.partitionKeys
    .flatMap((own, row) =>
      secondary.partitionKeys.map((other, column) => ({
        key: multiKey([
          [primary.name, own],
          [secondary.name, other],
        ]),
        state: grid[row]![column]!,
      })),
    )
    .reverse()
}

/** The key of a partition of several dimensions: Dagster joins them in the order of the dimensions' names. */
export function multiKey(parts: readonly (readonly [name: string, key: string])[]): string {
  return [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key)
    .join('|')
}
