/** Backfill states in words and discs. */
import type { BulkActionStatus, RunStatus } from '../graphql/generated/graphql'
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
