/** The partitions of a job: what became of each, and backfills over them. */
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import type { PartitionState } from '../asset/partitions'
import { backfillLook } from '../backfills/status'
import { expectType } from '../graphql/errors'
import { JobPartitionStatusesDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { launchBackfill } from '../launch/launchRequests'
import { PartitionPicker } from '../launch/PartitionPicker'
import { backfillPath, plural, runPath, shortId, type RepoAddress } from '../lib/names'
import { Button, Empty, Panel, SkeletonRows, Time } from '../ui/basics'
import { ErrorView } from '../ui/ErrorView'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { usePartitions } from './usePartitions'
import { partitionState } from './partitionState'

type Run = { partitionName: string; runId?: string | null }

export function JobPartitions({ job, repo }: { job: string; repo: RepoAddress }) {
  const partitions = usePartitions(repo, job)
  if (partitions.query.error) return <ErrorView error={partitions.query.error} />
  if (!partitions.query.data) return <SkeletonRows rows={6} />
  if (!partitions.set || partitions.keys.length === 0)
    return <Empty title="No partitions yet">The partitions definition has no keys at present.</Empty>
  return <Statuses repository={partitions.repository} set={partitions.set.name} keys={partitions.keys} />
}

function Statuses(props: {
  repository: { repositoryName: string; repositoryLocationName: string }
  set: string
  keys: string[]
}) {
  const { repository, set, keys } = props
  const navigate = useNavigate()
  const client = useQueryClient()
  const [picked, setPicked] = useState<string[]>([])
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const query = useGql(JobPartitionStatusesDocument, { repository, set }, { poll: 8_000 })
  const found = query.data?.partitionSetOrError
  const results =
    found?.__typename === 'PartitionSet' && found.partitionStatusesOrError.__typename === 'PartitionStatuses'
      ? found.partitionStatusesOrError.results
      : undefined
  const states = useMemo(
    () =>
      results &&
      new Map<string, PartitionState>(
        results.map((each) => [each.partitionName, partitionState(each.runStatus)]),
      ),
    [results],
  )
  // Where keys are dates they have an order worth dragging over and a latest.
  const type = /^\d{4}-\d{2}/.test(keys[0] ?? '') ? ('TIME_WINDOW' as const) : ('STATIC' as const)
  const dimension = { name: 'default', type, partitionKeys: keys }

  const launch = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const backfillId = await launchBackfill({
        selector: { partitionSetName: set, repositorySelector: repository },
        partitionNames: picked,
      })
      await client.invalidateQueries()
      void navigate(backfillPath(backfillId))
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
      {(data) => {
        const partitionSet = expectType(data.partitionSetOrError, 'PartitionSet')
        const chosen = new Set(picked)
        const runs: Run[] = (results ?? []).filter((each) => each.runId && chosen.has(each.partitionName))
        return (
          <div className="stack">
            <Panel
              title="Backfill"
              actions={
                <Button
                  look="primary"
                  icon="runs"
                  disabled={busy || picked.length === 0 || !partitionSet.hasLaunchBackfillPermission}
                  onClick={() => void launch()}
                >
                  {busy
                    ? 'Launching …'
                    : `Backfill ${picked.length > 0 ? plural(picked.length, 'partition') : ''}`}
                </Button>
              }
            >
              <div className="panel-body stack">
                <PartitionPicker dimension={dimension} picked={picked} onPick={setPicked} states={states} />
                {error !== undefined && <ErrorView error={error} title="The backfill was refused" />}
              </div>
            </Panel>
            {runs.length > 0 && (
              <Panel title="Latest runs of what is chosen">
                <div className="table-wrap">
                  <table className="table">
                    <tbody>
                      {runs.slice(0, 50).map((run) => (
                        <tr key={run.partitionName}>
                          <td className="mono">{run.partitionName}</td>
                          <td>{states?.get(run.partitionName)}</td>
                          <td>
                            <Link className="mono" to={runPath(run.runId!)}>
                              {shortId(run.runId!)}
                            </Link>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Panel>
            )}
            {(partitionSet.backfills?.length ?? 0) > 0 && (
              <Panel title="Latest backfills">
                <div className="table-wrap">
                  <table className="table">
                    <tbody>
                      {partitionSet.backfills!.map((each) => (
                        <tr key={each.id}>
                          <td>
                            <Link className="mono" to={backfillPath(each.id)}>
                              {each.id}
                            </Link>
                          </td>
                          <td className="row">
                            <StatusDisc kind={backfillLook(each.status).disc} />
                            {backfillLook(each.status).label}
                          </td>
                          <td>{plural(each.numPartitions ?? 0, 'partition')}</td>
                          <td className="num">
                            <Time at={each.timestamp} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Panel>
            )}
          </div>
        )
      }}
    </QueryView>
  )
}
