/** What one execution of a check comes down to. Pure. */
import type { AssetChecksQuery } from '../graphql/generated/graphql'
import type { DiscKind } from '../ui/StatusDisc'

type Node = Extract<AssetChecksQuery['assetNodeOrError'], { __typename: 'AssetNode' }>
export type Check = Extract<Node['assetChecksOrError'], { __typename: 'AssetChecks' }>['checks'][number]
type Execution = NonNullable<Check['executionForLatestMaterialization']>

export function checkLook(execution: Pick<Execution, 'status' | 'evaluation'> | null | undefined): {
  disc: DiscKind
  label: string
} {
  switch (execution?.status) {
    case 'SUCCEEDED':
      return { disc: 'success', label: 'Passed' }
    case 'FAILED':
      return execution.evaluation?.severity === 'WARN'
        ? { disc: 'warning', label: 'Warning' }
        : { disc: 'failure', label: 'Did not pass' }
    case 'EXECUTION_FAILED':
      return { disc: 'failure', label: 'The check itself failed' }
    case 'IN_PROGRESS':
      return { disc: 'running', label: 'Running' }
    case 'SKIPPED':
      return { disc: 'skipped', label: 'Skipped' }
    default:
      return { disc: 'none', label: 'Not evaluated since the latest materialization' }
  }
}
