/** Backfill states in words and discs. */
import type { BackfillQuery, BulkActionStatus, RunStatus } from '../graphql/generated/graphql'
import type { DiscKind } from '../ui/StatusDisc'

const looks: Record<BulkActionStatus, { disc: DiscKind; label: string; tone?: string }> = {
  REQUESTED: { disc: 'running', label: 'In progress', tone: 'running' },
  COMPLETED: { disc: 'success', label: 'Completed', tone: 'success' },
  COMPLETED_SUCCESS: { disc: 'success', label: 'Success', tone: 'success' },
  COMPLETED_FAILED: { disc: 'failure', label: 'Completed with failures', tone: 'failure' },
  FAILING: { disc: 'failure', label: 'Failing', tone: 'failure' },
  FAILED: { disc: 'failure', label: 'Failed', tone: 'failure' },
  CANCELING: { disc: 'canceled', label: 'Canceling', tone: 'warning' },
  CANCELED: { disc: 'canceled', label: 'Canceled' },
}

export function backfillLook(status: BulkActionStatus) {
  return looks[status] ?? { disc: 'none' as const, label: status }
}

/** Whether the daemon still works on it. */
export function isActive(status: BulkActionStatus): boolean {
  return status === 'REQUESTED' || status === 'CANCELING' || status === 'FAILING'
}

export interface Progress {
  done: number
  failed: number
  running: number
  waiting: number
  total: number
}

/** Partitions by what became of their runs. */
export function progressOf(
  counts: readonly { runStatus: RunStatus; count: number }[],
  numPartitions: number | null | undefined,
): Progress {
  const of = (...statuses: RunStatus[]) =>
    counts.filter((each) => statuses.includes(each.runStatus)).reduce((sum, each) => sum + each.count, 0)
  const done = of('SUCCESS')
  const failed = of('FAILURE', 'CANCELED')
  const running = of('STARTED', 'STARTING', 'CANCELING')
  const counted = counts.reduce((sum, each) => sum + each.count, 0)
  const total = Math.max(numPartitions ?? 0, counted)
  return { done, failed, running, waiting: total - done - failed - running, total }
}

type Backfill = Extract<BackfillQuery['partitionBackfillOrError'], { __typename: 'PartitionBackfill' }>
export type AssetStatus = NonNullable<Backfill['assetBackfillData']>['assetBackfillStatuses'][number]

/** The targeted partitions of one asset by what became of them; one without partitions counts as one. */
export function assetProgress(status: AssetStatus): Progress {
  if (status.__typename === 'UnpartitionedAssetStatus') {
    const { materialized, failed, inProgress } = status
    const [done, lost] = [materialized ? 1 : 0, failed ? 1 : 0]
    const running = inProgress && !materialized && !failed ? 1 : 0
    return { done, failed: lost, running, waiting: 1 - Math.min(1, done + lost + running), total: 1 }
  }
  const done = status.numPartitionsMaterialized
  const failed = status.numPartitionsFailed
  const running = status.numPartitionsInProgress
  const total = status.numPartitionsTargeted
  return { done, failed, running, waiting: Math.max(0, total - done - failed - running), total }
}

export function sumProgress(parts: readonly Progress[]): Progress {
  const sum = { done: 0, failed: 0, running: 0, waiting: 0, total: 0 }
  for (const part of parts) for (const key of Object.keys(sum) as (keyof Progress)[]) sum[key] += part[key]
  return sum
}
