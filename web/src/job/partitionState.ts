import type { PartitionState } from '../asset/partitions'
import type { RunStatus } from '../graphql/generated/graphql'

/** What the latest run of a partition makes of it. */
export function partitionState(status: RunStatus | null | undefined): PartitionState {
  switch (status) {
    case 'SUCCESS':
      return 'materialized'
    case 'FAILURE':
    case 'CANCELED':
      return 'failed'
    case undefined:
    case null:
      return 'missing'
    default:
      return 'materializing'
  }
}
