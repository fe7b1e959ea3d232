/** The states of an asset's partitions, for choosing among them. */
import { useMemo } from 'react'
import { statesOf, type PartitionState } from '../asset/partitions'
import { AssetPartitionsDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import type { LaunchNode } from './materialize'

/** State by key of an asset with one dimension; undefined while unknown, or without an asset. */
export function usePartitionStates(node: LaunchNode | undefined): Map<string, PartitionState> | undefined {
  const { data } = useGql(
    AssetPartitionsDocument,
    { assetKey: { path: node?.assetKey.path ?? [] } },
    { enabled: node !== undefined },
  )
  return useMemo(() => {
    const found = data?.assetNodeOrError
    if (found?.__typename !== 'AssetNode') return undefined
    const statuses = found.assetPartitionStatuses
    const keys = found.partitionKeysByDimension?.[0]?.partitionKeys
    if (!statuses || !keys || statuses.__typename === 'MultiPartitionStatuses') return undefined
    const states = statesOf(statuses, keys)
    return new Map(keys.map((key, index) => [key, states[index]!]))
  }, [data])
}
