import { describe, expect, it } from 'vitest'
import { buildLanes, type TimelineRun } from './timeline'

const run = (
  title: string,
  start: number,
  end?: number,
  status: TimelineRun['status'] = 'SUCCESS',
): TimelineRun => ({
  runId: `${title}${start}`,
  title,
  start,
  end,
  status,
})

describe('the run timeline', () => {
  it('makes a lane for each title, most recent first', () => {
    const lanes = buildLanes([run('a', 10, 20), run('b', 50, 60), run('a', 30, 40)], 0, 100)
    expect(lanes.map((lane) => [lane.title, lane.bars.length])).toEqual([
      ['b', 1],
      ['a', 2],
    ])
  })

  it('merges neighbours and shows the worst of them', () => {
    const [lane] = buildLanes([run('a', 10, 20), run('a', 20.2, 22, 'FAILURE')], 0, 100)
    expect(lane!.bars).toMatchObject([{ status: 'FAILURE', runs: [{}, {}] }])
  })

  it('draws a run in progress up to now, and cuts what began before', () => {
    const [lane] = buildLanes([run('a', -50, undefined, 'STARTED')], 0, 100)
    expect(lane!.bars[0]).toMatchObject({ left: 0, width: 1 })
    expect(buildLanes([run('a', -50, -10)], 0, 100)).toEqual([])
  })
})
