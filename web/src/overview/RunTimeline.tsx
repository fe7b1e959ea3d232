/** Runs in lanes over time, one lane per job or asset selection, with what schedules are about to launch. */
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { expectType } from '../graphql/errors'
import type { OverviewQuery } from '../graphql/generated/graphql'
import { isHiddenJob, jobPath, plural, runPath } from '../lib/names'
import { axisTime, duration, localTime } from '../lib/time'
import { useNow } from '../lib/useNow'
import { runTitle } from '../runs/RunBits'
import { isFinished, runLook } from '../runs/status'
import { Button, Empty } from '../ui/basics'
import { buildLanes, type Bar, type TimelineRun } from './timeline'
import { useUpcoming } from './upcoming'

/** So many lanes are drawn before the rest is asked for. */
const fewLanes = 14

/** As many runs as the query asks for. */
const mostRuns = 500

export function RunTimeline({
  data,
  span,
  until,
}: {
  data: OverviewQuery
  span: number
  until: number | undefined
}) {
  const now = useNow() / 1000
  const upcoming = useUpcoming()
  const [all, setAll] = useState(false)
  const runs = useMemo(
    () =>
      expectType(data.recent, 'Runs').results.map((run): TimelineRun => ({
        runId: run.runId,
        status: run.status,
        title: runTitle(run),
        path:
          run.repositoryOrigin && !isHiddenJob(run.jobName)
            ? jobPath(
                {
                  repository: run.repositoryOrigin.repositoryName,
                  location: run.repositoryOrigin.repositoryLocationName,
                },
                run.jobName,
              )
            : undefined,
        start: run.startTime ?? run.creationTime,
        end: run.endTime ?? (isFinished(run.status) ? run.creationTime : undefined),
      })),
    [data.recent],
  )
  const from = (until ?? now) - span
  const to = until ?? now + span / 8
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
        {until === undefined && (
          <span className="tl-now-label" style={{ left: x(now) }}>
            now
          </span>
        )}
      </div>
      {(all ? lanes : lanes.slice(0, fewLanes)).map((lane) => (
        <div key={lane.title} className="tl-lane">
          <span className="clip tl-title" title={lane.title}>
            {lane.path ? <Link to={lane.path}>{lane.title}</Link> : lane.title}{' '}
            <span className="muted">{lane.count > 1 && lane.count}</span>
          </span>
          <span className="tl-track">
            {until === undefined && <span className="tl-now" style={{ left: x(now) }} />}
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
      <div className="row muted tl-more">
        {lanes.length > fewLanes && (
          <Button small look="quiet" onClick={() => setAll(!all)}>
            {all ? 'Fewer' : `Show ${lanes.length - fewLanes} more`}
          </Button>
        )}
        {runs.length >= mostRuns && <span>Only the newest {plural(mostRuns, 'run')} are drawn.</span>}
      </div>
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
