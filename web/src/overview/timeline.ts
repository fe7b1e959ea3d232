/** Runs of the last hours laid out in lanes, one per job or asset selection. Pure. */
import type { RunStatus } from '../graphql/generated/graphql'

export interface TimelineRun {
  runId: string
  status: RunStatus
  title: string
  /** Where the lane's title leads: the job, unless the run is of assets without one. */
  path?: string
  start: number
  end: number | undefined
}

export interface Bar {
  left: number
  width: number
  runs: TimelineRun[]
  status: RunStatus
}

export interface Lane {
  title: string
  path: string | undefined
  bars: Bar[]
  latest: number
  count: number
}

const severity: RunStatus[] = [
  'FAILURE',
  'CANCELING',
  'STARTED',
  'STARTING',
  'QUEUED',
  'NOT_STARTED',
  'CANCELED',
  'SUCCESS',
]

function worst(runs: readonly TimelineRun[]): RunStatus {
  return severity.find((status) => runs.some((run) => run.status === status)) ?? 'SUCCESS'
}

/**
 * Lanes, busiest in the recent past first. Runs closer together than `merge` (a fraction of the width) share a bar,
 * which shows the worst state among them.
 */
export function buildLanes(
  runs: readonly TimelineRun[],
  from: number,
  to: number,
  now = to,
  merge = 0.006,
): Lane[] {
  const span = to - from
  const lanes = new Map<string, TimelineRun[]>()
  for (const run of runs) {
    if ((run.end ?? now) < from || run.start > to) continue
    const list = lanes.get(run.title)
    if (list) list.push(run)
    else lanes.set(run.title, [run])
  }
  return [...lanes]
    .map(([title, list]) => {
      list.sort((a, b) => a.start - b.start)
      const bars: Bar[] = []
      for (const run of list) {
        const left = Math.max(0, (run.start - from) / span)
        const right = Math.min(1, ((run.end ?? now) - from) / span)
        const last = bars.at(-1)
        if (last && left < last.left + last.width + merge) {
          last.width = Math.max(last.width, right - last.left)
          last.runs.push(run)
          last.status = worst(last.runs)
        } else bars.push({ left, width: Math.max(right - left, 0), runs: [run], status: run.status })
      }
      const path = list.find((run) => run.path)?.path
      return { title, path, bars, count: list.length, latest: Math.max(...list.map((run) => run.start)) }
    })
    .sort((a, b) => b.latest - a.latest)
}
