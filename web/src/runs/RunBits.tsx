/** How a run is shown in one line: its state, its target, where it came from. */
import { Link } from 'react-router'
import type { RunStatus } from '../graphql/generated/graphql'
import {
  assetPath,
  backfillPath,
  isHiddenJob,
  jobPath,
  keyToText,
  runPath,
  schedulePath,
  sensorPath,
  shortId,
} from '../lib/names'
import { StatusDisc } from '../ui/StatusDisc'
import { runLook } from './status'

export interface RunLike {
  runId: string
  jobName: string
  status: RunStatus
  assetSelection?: { path: string[] }[] | null
  tags?: { key: string; value: string }[]
  repositoryOrigin?: { repositoryName: string; repositoryLocationName: string } | null
}

/** Asset runs of a sensor or schedule carry its name in the job Dagster makes for them. */
function hiddenJobTitle(job: string): string {
  const owner = /^__anonymous_asset_job_(.+)$/.exec(job)?.[1]
  return owner ? `assets of ${owner}` : 'assets'
}

export function RunStatusTag({ status }: { status: RunStatus }) {
  const look = runLook(status)
  return (
    <span className={look.tone ? `tag tag-${look.tone}` : 'tag'}>
      <StatusDisc kind={look.disc} size={13} />
      {look.label}
    </span>
  )
}

export function RunLink({ run }: { run: RunLike }) {
  return (
    <Link to={runPath(run.runId)} className="mono row">
      <StatusDisc kind={runLook(run.status).disc} label={runLook(run.status).label} />
      {shortId(run.runId)}
    </Link>
  )
}

/** What a run works on: its job, or for asset runs without one of their own, the assets. */
export function RunTarget({ run }: { run: RunLike }) {
  const origin = run.repositoryOrigin
  const repo = origin && { repository: origin.repositoryName, location: origin.repositoryLocationName }
  if (!isHiddenJob(run.jobName)) {
    return repo ? <Link to={jobPath(repo, run.jobName)}>{run.jobName}</Link> : <span>{run.jobName}</span>
  }
  const assets = run.assetSelection ?? []
  if (assets.length === 0) return <span className="soft">{hiddenJobTitle(run.jobName)}</span>
  return (
    <span className="clip">
      {assets.slice(0, 2).map((key, index) => (
        <span key={keyToText(key)}>
          {index > 0 && ', '}
          <Link to={assetPath(key)}>{keyToText(key)}</Link>
        </span>
      ))}
      {assets.length > 2 && <span className="muted"> +{assets.length - 2}</span>}
    </span>
  )
}

export function runTitle(run: RunLike): string {
  if (!isHiddenJob(run.jobName)) return run.jobName
  const assets = run.assetSelection ?? []
  if (assets.length === 0) return hiddenJobTitle(run.jobName)
  const first = keyToText(assets[0]!)
  return assets.length === 1 ? first : `${first} +${assets.length - 1}`
}

export function tagValue(run: Pick<RunLike, 'tags'>, key: string): string | undefined {
  return run.tags?.find((tag) => tag.key === key)?.value
}

/** Who or what launched a run, read from its tags. */
export function RunOriginText({ run }: { run: RunLike }) {
  const origin = run.repositoryOrigin
  const repo = origin && { repository: origin.repositoryName, location: origin.repositoryLocationName }
  const schedule = tagValue(run, 'dagster/schedule_name')
  if (schedule) return repo ? <Link to={schedulePath(repo, schedule)}>{schedule}</Link> : <>{schedule}</>
  const sensor = tagValue(run, 'dagster/sensor_name')
  if (sensor) return repo ? <Link to={sensorPath(repo, sensor)}>{sensor}</Link> : <>{sensor}</>
  if (tagValue(run, 'dagster/auto_materialize') || tagValue(run, 'dagster/from_automation_condition')) {
    return <span className="soft">automation</span>
  }
  const backfill = tagValue(run, 'dagster/backfill')
  if (backfill) return <Link to={backfillPath(backfill)}>backfill {backfill}</Link>
  const parent = tagValue(run, 'dagster/parent_run_id')
  if (parent) return <Link to={runPath(parent)}>again {shortId(parent)}</Link>
  const user = tagValue(run, 'user')
  return <span className="muted">{user ?? 'manual'}</span>
}
