import { describe, expect, it } from 'vitest'
import type { RunEventFragment } from '../graphql/generated/graphql'
import { currentStatus, foldRun } from './runState'

const event = (kind: string, seconds: number) =>
  ({ __typename: kind, timestamp: String(seconds * 1000) }) as unknown as RunEventFragment

describe('the state of a run', () => {
  it('follows its events', () => {
    const events = [event('RunEnqueuedEvent', 1), event('RunStartingEvent', 2), event('RunStartEvent', 3)]
    expect(foldRun(events)).toEqual({ status: 'STARTED', start: 3, end: undefined })
    expect(foldRun([...events, event('EngineEvent', 4), event('RunSuccessEvent', 5)])).toEqual({
      status: 'SUCCESS',
      start: 3,
      end: 5,
    })
    expect(foldRun([])).toEqual({})
  })

  it('is never set back by an old answer, nor held up by missing events', () => {
    expect(currentStatus('QUEUED', 'SUCCESS')).toBe('SUCCESS')
    expect(currentStatus('CANCELED', 'STARTED')).toBe('CANCELED')
    expect(currentStatus('QUEUED', undefined)).toBe('QUEUED')
  })
})
