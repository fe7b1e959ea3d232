/** Run states in words and discs. */
import type { RunStatus } from '../graphql/generated/graphql'
import type { DiscKind } from '../ui/StatusDisc'

interface Look {
  disc: DiscKind
  label: string
  tone?: string
}

const looks: Record<RunStatus, Look> = {
  QUEUED: { disc: 'queued', label: 'Queued' },
  NOT_STARTED: { disc: 'queued', label: 'Not started' },
  MANAGED: { disc: 'running', label: 'Managed', tone: 'running' },
  STARTING: { disc: 'running', label: 'Starting', tone: 'running' },
  STARTED: { disc: 'running', label: 'Running', tone: 'running' },
  SUSPENDED: { disc: 'queued', label: 'Suspended' },
  SUCCESS: { disc: 'success', label: 'Success', tone: 'success' },
  FAILURE: { disc: 'failure', label: 'Failed', tone: 'failure' },
  CANCELING: { disc: 'canceled', label: 'Canceling', tone: 'warning' },
  CANCELED: { disc: 'canceled', label: 'Canceled' },
}

export function runLook(status: RunStatus): Look {
  // A server newer than this page may know more states.
  return looks[status] ?? { disc: 'none', label: status }
}

export const activeStatuses: RunStatus[] = ['QUEUED', 'NOT_STARTED', 'STARTING', 'STARTED', 'CANCELING']

export function isFinished(status: RunStatus): boolean {
  return status === 'SUCCESS' || status === 'FAILURE' || status === 'CANCELED'
}

/** The groups of states offered as filters. */
export const statusFilters: { name: string; label: string; statuses: RunStatus[] }[] = [
  { name: 'active', label: 'Active', statuses: activeStatuses },
  { name: 'queued', label: 'Queued', statuses: ['QUEUED'] },
  { name: 'success', label: 'Success', statuses: ['SUCCESS'] },
  { name: 'failure', label: 'Failed', statuses: ['FAILURE'] },
  { name: 'canceled', label: 'Canceled', statuses: ['CANCELED', 'CANCELING'] },
]
