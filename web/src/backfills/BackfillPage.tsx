/** One backfill: how far it is, asset by asset, its runs and its log. */
import { useState } from 'react'
import { Link, useLocation, useParams } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import {
  BackfillDocument,
  BackfillLogDocument,
  RunsDocument,
  type BackfillQuery,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { assetPath, jobPath, keyToText, plural } from '../lib/names'
import { clockMillis } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { RunLink, RunStatusTag, RunTarget, tagValue } from '../runs/RunBits'
import { Button, CopyText, Elapsed, Empty, Menu, Panel, SkeletonRows, Tabs, Tag, Time } from '../ui/basics'
import { PythonErrorView } from '../ui/ErrorView'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { useBackfillActions } from './actions'
import { ProgressBar } from './ProgressBar'
import { assetProgress, backfillLook, isActive, progressOf, sumProgress, type AssetStatus } from './status'
import './backfills.css'

type Backfill = Extract<BackfillQuery['partitionBackfillOrError'], { __typename: 'PartitionBackfill' }>

function assetStatuses(backfill: Backfill): readonly AssetStatus[] {
  return backfill.assetBackfillData?.assetBackfillStatuses ?? []
}

function Summary({ backfill }: { backfill: Backfill }) {
  const statuses = assetStatuses(backfill)
  const progress =
    statuses.length > 0
      ? sumProgress(statuses.map(assetProgress))
      : progressOf(backfill.partitionStatusCounts, backfill.numPartitions)
  const counts: [string, number, string][] = [
    ['done', progress.done, 'var(--success)'],
    ['failed', progress.failed, 'var(--failure)'],
    ['running', progress.running, 'var(--running)'],
    ['waiting', progress.waiting, 'var(--idle)'],
  ]
  const origin = backfill.partitionSet?.repositoryOrigin
  const tags = backfill.tags.filter((tag) => !tag.key.startsWith('.dagster'))
  return (
    <Panel title="Progress">
      <div className="panel-body stack">
        <ProgressBar wide progress={progress} />
        <div className="row wrap">
          {counts.map(([label, count, colour]) => (
            <span key={label} className="row soft">
              <span className="group-dot" style={{ background: colour }} />
              <strong>{count.toLocaleString()}</strong> {label}
            </span>
          ))}
        </div>
        <dl className="defs">
          {backfill.partitionSet && origin && (
            <>
              <dt>Job</dt>
              <dd>
                <Link
                  to={jobPath(
                    { repository: origin.repositoryName, location: origin.repositoryLocationName },
                    backfill.partitionSet.pipelineName,
                  )}
                >
                  {backfill.partitionSet.pipelineName}
                </Link>
              </dd>
            </>
          )}
          <dt>Partitions</dt>
          <dd>{partitionsText(backfill)}</dd>
          <dt>Created</dt>
          <dd>
            <Time at={backfill.timestamp} absolute />
            {backfill.user && <> by {backfill.user}</>}
          </dd>
          <dt>{backfill.endTimestamp ? 'Took' : 'So far'}</dt>
          <dd>
            <Elapsed from={backfill.timestamp} to={backfill.endTimestamp} />
          </dd>
          {backfill.description && (
            <>
              <dt>Description</dt>
              <dd>{backfill.description}</dd>
            </>
          )}
          {tags.length > 0 && (
            <>
              <dt>Tags</dt>
              <dd className="row wrap">
                {tags.map((tag) => (
                  <Tag key={tag.key}>{`${tag.key}: ${tag.value}`}</Tag>
                ))}
              </dd>
            </>
          )}
        </dl>
      </div>
    </Panel>
  )
}

function partitionsText(backfill: Backfill): string {
  const names = backfill.partitionNames ?? []
  const statuses = assetStatuses(backfill)
  if (names.length === 0 && statuses.length > 0) {
    const { total } = sumProgress(statuses.map(assetProgress))
    return `${total.toLocaleString()} in ${plural(statuses.length, 'asset')}`
  }
  if (names.length === 0) return plural(backfill.numPartitions ?? 0, 'partition')
  if (names.length <= 3) return names.join(', ')
  return `${names[0]} … ${names.at(-1)} (${names.length.toLocaleString()})`
}

function Assets({ backfill }: { backfill: Backfill }) {
  const statuses = assetStatuses(backfill)
  if (statuses.length === 0) {
    const selection = backfill.assetSelection ?? []
    return (
      <Panel title="Assets">
        {selection.length === 0 ? (
          <Empty small title="No assets">
            This backfill launches a job for each partition; its runs tell how they went.
          </Empty>
        ) : (
          <div className="panel-body row wrap">
            {selection.map((key) => (
              <Link key={keyToText(key)} className="tag" to={assetPath(key)}>
                {keyToText(key)}
              </Link>
            ))}
          </div>
        )}
      </Panel>
    )
  }
  return (
    <Panel title="Assets">
      <div className="table-wrap">
        <table className="table">
          <thead>
            <tr>
              <th>Asset</th>
              <th>Progress</th>
              <th className="num">Materialized</th>
              <th className="num">Failed</th>
              <th className="num">In progress</th>
              <th className="num">Targeted</th>
            </tr>
          </thead>
          <tbody>
            {statuses.map((status) => {
              const progress = assetProgress(status)
              return (
                <tr key={keyToText(status.assetKey)}>
                  <td>
                    <Link to={`${assetPath(status.assetKey)}?tab=partitions`}>
                      {keyToText(status.assetKey)}
                    </Link>
                  </td>
                  <td>
                    <ProgressBar progress={progress} />
                  </td>
                  <td className="num">{progress.done.toLocaleString()}</td>
                  <td className="num">{progress.failed.toLocaleString()}</td>
                  <td className="num">{progress.running.toLocaleString()}</td>
                  <td className="num">{progress.total.toLocaleString()}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

function partitionOf(run: { tags: { key: string; value: string }[] }): string {
  const single = tagValue(run, 'dagster/partition')
  if (single) return single
  const [start, end] = ['start', 'end'].map((part) => tagValue(run, `dagster/asset_partition_range_${part}`))
  return start && end ? `${start} … ${end}` : ''
}

function BackfillRuns({ backfillId, active }: { backfillId: string; active: boolean }) {
  const filter = { tags: [{ key: 'dagster/backfill', value: backfillId }] }
  const query = useGql(RunsDocument, { filter, limit: 100 }, { poll: active ? 4_000 : 20_000 })
  const all = `/runs?q=${encodeURIComponent(`tag:dagster/backfill=${backfillId}`)}`
  return (
    <Panel title="Runs" actions={<Link to={all}>All runs</Link>}>
      <QueryView query={query}>
        {(data) => {
          const runs = expectType(data.runsOrError, 'Runs').results
          if (runs.length === 0)
            return (
              <Empty small title="No runs yet">
                {active
                  ? 'The daemon launches them; if nothing happens, see whether it runs.'
                  : 'This backfill ended before it launched any.'}
              </Empty>
            )
          return (
            <div className="table-wrap">
              <table className="table">
                <tbody>
                  {runs.map((run) => (
                    <tr key={run.id}>
                      <td>
                        <RunLink run={run} />
                      </td>
                      <td className="mono">{partitionOf(run)}</td>
                      <td className="runs-target">
                        <RunTarget run={run} />
                      </td>
                      <td>
                        <RunStatusTag status={run.status} />
                      </td>
                      <td>
                        <Time at={run.creationTime} />
                      </td>
                      <td className="num">
                        <Elapsed from={run.startTime} to={run.endTime} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }}
      </QueryView>
    </Panel>
  )
}

function Log({ backfillId, active }: { backfillId: string; active: boolean }) {
  const [cursor, setCursor] = useState<string>()
  const query = useGql(BackfillLogDocument, { backfillId, cursor }, { poll: active ? 5_000 : false })
  return (
    <Panel title="Log of the daemon">
      <QueryView query={query}>
        {(data) => {
          const log = expectType(data.partitionBackfillOrError, 'PartitionBackfill').logEvents
          if (!log || log.events.length === 0)
            return (
              <Empty small title="Nothing logged">
                What the daemon notes about a backfill is kept in the captured logs of the instance.
              </Empty>
            )
          return (
            <>
              <table className="table">
                <tbody>
                  {log.events.map((event, index) => (
                    <tr key={index}>
                      <td className="mono nowrap muted">{clockMillis(Number(event.timestamp) / 1000)}</td>
                      <td className="muted">{event.level}</td>
                      <td className="bf-log">{event.message}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {log.hasMore && (
                <p className="panel-body">
                  <Button onClick={() => setCursor(log.cursor)}>Next part</Button>
                </p>
              )}
            </>
          )
        }}
      </QueryView>
    </Panel>
  )
}

function BackfillView({ backfill }: { backfill: Backfill }) {
  const [params] = useUrlParams()
  const { pathname } = useLocation()
  const actions = useBackfillActions(backfill.id)
  const look = backfillLook(backfill.status)
  const active = isActive(backfill.status)
  const tab = params.get('tab') ?? 'overview'
  const to = (name: string) => ({ pathname, search: name === 'overview' ? '' : `?tab=${name}` })
  return (
    <Page
      title={backfill.title ?? `Backfill ${backfill.id}`}
      meta={
        <>
          <span className={look.tone ? `tag tag-${look.tone}` : 'tag'}>
            <StatusDisc kind={look.disc} size={13} />
            {look.label}
          </span>
          {backfill.title && <CopyText text={backfill.id} />}
        </>
      }
      actions={
        <>
          {active ? (
            <Button
              look="danger"
              icon="stop"
              disabled={!backfill.hasCancelPermission || backfill.status !== 'REQUESTED'}
              onClick={() => void actions.cancel()}
            >
              Cancel
            </Button>
          ) : (
            <Menu label="Run again">
              <button type="button" onClick={() => void actions.retry('ALL_STEPS')}>
                Run all partitions again
              </button>
              <button type="button" onClick={() => void actions.retry('FROM_FAILURE')}>
                Run again what failed
              </button>
            </Menu>
          )}
          {backfill.status === 'FAILED' && (
            <Button
              icon="reload"
              disabled={!backfill.hasResumePermission}
              onClick={() => void actions.resume()}
            >
              Resume
            </Button>
          )}
        </>
      }
      tabs={
        <Tabs
          label="Backfill"
          items={[
            { to: to('overview'), label: 'Overview', current: tab === 'overview' },
            { to: to('runs'), label: 'Runs', current: tab === 'runs' },
            { to: to('log'), label: 'Log', current: tab === 'log' },
          ]}
        />
      }
    >
      {backfill.error && <PythonErrorView error={backfill.error} />}
      {tab === 'runs' ? (
        <BackfillRuns backfillId={backfill.id} active={active} />
      ) : tab === 'log' ? (
        <Log backfillId={backfill.id} active={active} />
      ) : (
        <>
          <Summary backfill={backfill} />
          {backfill.isAssetBackfill && <Assets backfill={backfill} />}
          {!backfill.isAssetBackfill && <BackfillRuns backfillId={backfill.id} active={active} />}
        </>
      )}
    </Page>
  )
}

export default function BackfillPage() {
  const { backfillId = '' } = useParams()
  const query = useGql(BackfillDocument, { backfillId }, { poll: 4_000 })
  return (
    <QueryView query={query} pageTitle={`Backfill ${backfillId}`} skeleton={<SkeletonRows rows={8} />}>
      {(data) => <BackfillView backfill={expectType(data.partitionBackfillOrError, 'PartitionBackfill')} />}
    </QueryView>
  )
}
