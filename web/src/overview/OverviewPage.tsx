import { useMemo } from 'react'
import { Link } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import {
  DaemonsDocument,
  LocationsDocument,
  OverviewDocument,
  UpcomingTicksDocument,
  type OverviewQuery,
  type RunRowFragment,
  type RunStatus,
  type UpcomingTicksQuery,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { plural, runPath, schedulePath } from '../lib/names'
import { axisTime, duration, localTime } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { useNow } from '../lib/useNow'
import { RunLink, runTitle, RunTarget } from '../runs/RunBits'
import { activeStatuses, isFinished, runLook } from '../runs/status'
import { Elapsed, Empty, Panel, SkeletonRows, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import { buildLanes, type Bar, type TimelineRun } from './timeline'
import './overview.css'

const spans: Record<string, number> = { '1h': 3600, '6h': 21_600, '24h': 86_400 }

function RunTimeline({ data, span }: { data: OverviewQuery; span: number }) {
  const now = useNow() / 1000
  const upcoming = useUpcoming()
  const runs = useMemo(
    () =>
      expectType(data.recent, 'Runs').results.map((run): TimelineRun => ({
        runId: run.runId,
        status: run.status,
        title: runTitle(run),
        start: run.startTime ?? run.creationTime,
        end: run.endTime ?? (isFinished(run.status) ? run.creationTime : undefined),
      })),
    [data.recent],
  )
  const from = now - span
  const to = now + span / 8
  const lanes = buildLanes(runs, from, to, now)
  const x = (at: number) => `${((at - from) / (to - from)) * 100}%`
  if (lanes.length === 0) {
    return (
      <Empty small title="Nothing ran in this time">
        Materialize something under <Link to="/assets">Assets</Link>, launch a <Link to="/jobs">job</Link> or
        turn on a <Link to="/automation">schedule</Link>; its runs are drawn here as they happen.
      </Empty>
    )
  }
  return (
    <div className="tl">
      <div className="tl-axis" aria-hidden>
        {[0, 0.25, 0.5, 0.75].map((mark) => (
          <span key={mark} style={{ left: x(from + span * mark) }}>
            {axisTime(from + span * mark)}
          </span>
        ))}
        <span className="tl-now-label" style={{ left: x(now) }}>
          now
        </span>
      </div>
      {lanes.slice(0, 14).map((lane) => (
        <div key={lane.title} className="tl-lane">
          <span className="clip tl-title" title={lane.title}>
            {lane.title} <span className="muted">{lane.count > 1 && lane.count}</span>
          </span>
          <span className="tl-track">
            <span className="tl-now" style={{ left: x(now) }} />
            {lane.bars.map((bar) => (
              <BarLink key={bar.runs[0]!.runId} bar={bar} title={lane.title} />
            ))}
            {upcoming
              .filter((tick) => tick.job === lane.title && tick.at > now && tick.at <= to)
              .map((tick) => (
                <Link
                  key={`${tick.path}${tick.at}`}
                  className="tl-tick"
                  style={{ left: x(tick.at) }}
                  to={tick.path}
                  title={`${tick.name} fires at ${localTime(tick.at)}`}
                  aria-label={`${tick.name} fires at ${localTime(tick.at)}`}
                />
              ))}
          </span>
        </div>
      ))}
      {lanes.length > 14 && <p className="muted tl-more">and {lanes.length - 14} more</p>}
    </div>
  )
}

function BarLink({ bar, title }: { bar: Bar; title: string }) {
  const first = bar.runs[0]!
  const last = bar.runs.at(-1)!
  const took = last.end === undefined ? '' : ` for ${duration(last.end - first.start)}`
  const text = `${plural(bar.runs.length, 'run')}, ${runLook(bar.status).label.toLowerCase()}, ${localTime(first.start)}${took}`
  const ids = bar.runs.slice(0, 25).map((run) => `id:${run.runId}`)
  return (
    <Link
      to={bar.runs.length === 1 ? runPath(last.runId) : `/runs?q=${ids.join('%20')}`}
      className={`tl-bar tl-${bar.status.toLowerCase()}`}
      style={{ left: `${bar.left * 100}%`, width: `max(7px, ${bar.width * 100}%)` }}
      title={`${title}\n${text}`}
      aria-label={`${title}: ${text}`}
    >
      {bar.runs.length > 1 && <span>{bar.runs.length}</span>}
    </Link>
  )
}

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

interface UpcomingTick {
  at: number
  name: string
  job: string
  path: string
}

function listTicks(data: UpcomingTicksQuery | undefined): UpcomingTick[] {
  if (data?.workspaceOrError.__typename !== 'Workspace') return []
  return data.workspaceOrError.locationEntries
    .flatMap((entry) =>
      entry.locationOrLoadError?.__typename === 'RepositoryLocation'
        ? entry.locationOrLoadError.repositories.flatMap((repository) =>
            repository.schedules
              .filter((schedule) => schedule.scheduleState.status === 'RUNNING')
              .flatMap((schedule) =>
                schedule.futureTicks.results.map((tick) => ({
                  at: tick.timestamp ?? 0,
                  name: schedule.name,
                  job: schedule.pipelineName,
                  path: schedulePath({ repository: repository.name, location: entry.name }, schedule.name),
                })),
              ),
          )
        : [],
    )
    .sort((a, b) => a.at - b.at)
}

function useUpcomingQuery() {
  const fiveMinutes = Math.floor(useNow() / 300_000) * 300
  return useGql(UpcomingTicksDocument, { until: fiveMinutes + 86_400 }, { poll: 15_000, keepPrevious: true })
}

function useUpcoming(): UpcomingTick[] {
  const { data } = useUpcomingQuery()
  return useMemo(() => listTicks(data), [data])
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
  const sick =
    daemons.data?.instance.daemonHealth.allDaemonStatuses.filter((each) => each.required && !each.healthy) ??
    []
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
                    <StatusDisc kind={daemons.data ? (sick.length ? 'warning' : 'success') : 'none'} />
                    daemons
                  </Link>
                </td>
                <td className="soft" colSpan={2}>
                  {sick.length
                    ? `not running: ${sick.map((each) => each.daemonType.toLowerCase()).join(', ')}`
                    : 'running'}
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
  const query = useGql(
    OverviewDocument,
    { running: activeStatuses, failed: ['FAILURE'], since: minute - seconds },
    { poll: 4000, keepPrevious: true },
  )
  return (
    <Page
      title="Overview"
      actions={
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
      }
    >
      <Panel title="Runs" actions={query.data && <Summary data={query.data} />}>
        <QueryView query={query} skeleton={<SkeletonRows rows={5} />}>
          {(data) => {
            expectType(data.recent, 'Runs')
            return <RunTimeline data={data} span={seconds} />
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
