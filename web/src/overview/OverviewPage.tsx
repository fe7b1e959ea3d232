import { Link } from 'react-router'
import { Page } from '../app/Page'
import { daemonTrouble } from '../deployment/daemonState'
import { expectType } from '../graphql/errors'
import {
  DaemonsDocument,
  LocationsDocument,
  OverviewDocument,
  type OverviewQuery,
  type RunRowFragment,
  type RunStatus,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { localTime } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { useNow } from '../lib/useNow'
import { RunLink, RunTarget } from '../runs/RunBits'
import { activeStatuses } from '../runs/status'
import { Button, Elapsed, Panel, SkeletonRows, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import { RunTimeline } from './RunTimeline'
import { listTicks, useUpcomingQuery } from './upcoming'
import './overview.css'

const spans: Record<string, number> = { '1h': 3600, '6h': 21_600, '24h': 86_400 }

function Summary({ data }: { data: OverviewQuery }) {
  if (data.recent.__typename !== 'Runs') return null
  const count = (...statuses: RunStatus[]) =>
    data.recent.__typename === 'Runs'
      ? data.recent.results.filter((run) => statuses.includes(run.status)).length
      : 0
  const parts: [DiscKind, number, string][] = [
    ['running', count('STARTED', 'STARTING'), 'running'],
    ['queued', count('QUEUED', 'NOT_STARTED'), 'queued'],
    ['success', count('SUCCESS'), 'succeeded'],
    ['failure', count('FAILURE'), 'failed'],
  ]
  return parts
    .filter(([, number]) => number > 0)
    .map(([disc, number, label]) => (
      <span key={label} className="row soft summary">
        <StatusDisc kind={disc} label={label} />
        {number.toLocaleString()} {label}
      </span>
    ))
}

function RunList({
  runs,
  empty,
  failed,
}: {
  runs: readonly RunRowFragment[]
  empty: string
  failed?: boolean
}) {
  if (runs.length === 0) return <p className="panel-body muted">{empty}</p>
  return (
    <table className="table">
      <tbody>
        {runs.slice(0, 8).map((run) => (
          <tr key={run.id}>
            <td>
              <RunLink run={run} />
            </td>
            <td className="runs-target">
              <RunTarget run={run} />
            </td>
            <td className="num">
              {failed ? (
                <Time at={run.endTime ?? run.creationTime} />
              ) : (
                <Elapsed from={run.startTime ?? run.creationTime} to={run.endTime} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Upcoming() {
  const query = useUpcomingQuery()
  const now = useNow() / 1000
  return (
    <Panel title="Coming up" actions={<Link to="/automation">Automation</Link>}>
      <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
        {(data) => {
          expectType(data.workspaceOrError, 'Workspace')
          const ticks = listTicks(data)
            .filter((tick) => tick.at >= now)
            .slice(0, 7)
          if (ticks.length === 0) {
            return <p className="panel-body muted">No schedule that is on fires within a day.</p>
          }
          return (
            <table className="table">
              <tbody>
                {ticks.map((tick) => (
                  <tr key={`${tick.path}${tick.at}`}>
                    <td>
                      <Link to={tick.path}>{tick.name}</Link>
                    </td>
                    <td className="soft">{localTime(tick.at)}</td>
                    <td className="num">
                      <Time at={tick.at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }}
      </QueryView>
    </Panel>
  )
}

function Health() {
  const locations = useGql(LocationsDocument, {}, { poll: 10_000 })
  const daemons = useGql(DaemonsDocument, {}, { poll: 10_000 })
  const trouble = daemonTrouble(daemons.data?.instance.daemonHealth.allDaemonStatuses ?? [])
  return (
    <Panel title="Health" actions={<Link to="/deployment">Deployment</Link>}>
      <QueryView query={locations} skeleton={<SkeletonRows rows={3} />}>
        {(data) => (
          <table className="table">
            <tbody>
              {expectType(data.workspaceOrError, 'Workspace').locationEntries.map((entry) => {
                const broken = entry.locationOrLoadError?.__typename === 'PythonError'
                const loading = entry.loadStatus === 'LOADING'
                return (
                  <tr key={entry.id}>
                    <td>
                      <Link className="row" to={`/deployment?location=${encodeURIComponent(entry.name)}`}>
                        <StatusDisc kind={loading ? 'running' : broken ? 'failure' : 'success'} />
                        {entry.name}
                      </Link>
                    </td>
                    <td className="soft">{loading ? 'loading' : broken ? 'failed to load' : 'loaded'}</td>
                    <td className="num">
                      <Time at={entry.updatedTimestamp} />
                    </td>
                  </tr>
                )
              })}
              <tr>
                <td>
                  <Link className="row" to="/deployment?tab=daemons">
                    <StatusDisc kind={daemons.data ? (trouble?.kind ?? 'success') : 'none'} />
                    daemons
                  </Link>
                </td>
                <td className="soft" colSpan={2}>
                  {trouble?.text ?? 'running'}
                </td>
              </tr>
            </tbody>
          </table>
        )}
      </QueryView>
    </Panel>
  )
}

export default function OverviewPage() {
  const [params, change] = useUrlParams()
  const span = params.get('span') ?? '1h'
  const seconds = spans[span] ?? 3600
  // Whole minutes, so that the query keeps its identity between refreshes.
  const minute = Math.floor(useNow() / 60_000) * 60
  const until = Number(params.get('until')) || undefined
  const move = (by: number) => {
    const next = (until ?? minute) + by
    change({ until: next < minute ? String(next) : undefined })
  }
  const query = useGql(
    OverviewDocument,
    {
      running: activeStatuses,
      failed: ['FAILURE'],
      since: (until ?? minute) - seconds,
      until: until ?? null,
    },
    { poll: 4000, keepPrevious: true },
  )
  return (
    <Page
      title="Overview"
      actions={
        <div className="row">
          {until !== undefined && (
            <Button small look="quiet" onClick={() => change({ until: undefined })}>
              Back to now
            </Button>
          )}
          <Button small icon="back" aria-label="Earlier" title="Earlier" onClick={() => move(-seconds)} />
          <Button
            small
            icon="chevron"
            aria-label="Later"
            title="Later"
            disabled={until === undefined}
            onClick={() => move(seconds)}
          />
          <div className="segments" role="group" aria-label="Time shown">
            {Object.keys(spans).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={span === each}
                onClick={() => change({ span: each === '1h' ? undefined : each })}
              >
                {each}
              </button>
            ))}
          </div>
        </div>
      }
    >
      <Panel
        title={until === undefined ? 'Runs' : `Runs until ${localTime(until)}`}
        actions={query.data && <Summary data={query.data} />}
      >
        <QueryView query={query} skeleton={<SkeletonRows rows={5} />}>
          {(data) => {
            expectType(data.recent, 'Runs')
            return <RunTimeline data={data} span={seconds} until={until} />
          }}
        </QueryView>
      </Panel>
      <div className="grid-2">
        <div className="stack">
          <Panel title="Running now" actions={<Link to="/runs?status=active">All active</Link>}>
            <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
              {(data) => (
                <RunList runs={expectType(data.running, 'Runs').results} empty="Nothing is running." />
              )}
            </QueryView>
          </Panel>
          <Panel
            title={`Failed in the last ${span}`}
            actions={<Link to="/runs?status=failure">All failures</Link>}
          >
            <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
              {(data) => (
                <RunList failed runs={expectType(data.failed, 'Runs').results} empty="No run failed." />
              )}
            </QueryView>
          </Panel>
        </div>
        <div className="stack">
          <Health />
          <Upcoming />
        </div>
      </div>
    </Page>
  )
}
