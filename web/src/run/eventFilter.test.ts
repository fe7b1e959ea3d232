import { describe, expect, it } from 'vitest'
import type { RunEventFragment } from '../graphql/generated/graphql'
import { eventName, filterEvents, levelOf } from './eventFilter'

const event = (fields: object) =>
  ({
    __typename: 'LogMessageEvent',
    message: 'm',
    timestamp: '0',
    level: 'INFO',
    stepKey: null,
    eventType: null,
    ...fields,
  }) as unknown as RunEventFragment

describe('the event filter', () => {
  const events = [
    event({ message: 'read chunk 1', stepKey: 'a' }),
    event({ message: 'careful', level: 'WARNING' }),
    event({ __typename: 'EngineEvent', level: 'DEBUG', eventType: 'ENGINE_EVENT', message: 'started' }),
    event({
      __typename: 'ExecutionStepFailureEvent',
      level: 'ERROR',
      stepKey: 'b',
      eventType: 'STEP_FAILURE',
      error: { message: 'ValueError: unlucky' },
    }),
  ]
  const all = { hidden: new Set<string>(), step: '', text: '' }

  it('tells structured events from log lines, and failures from both', () => {
    expect(events.map(levelOf)).toEqual(['INFO', 'WARNING', 'EVENT', 'ERROR'])
  })

  it('hides levels, picks a step and searches errors as well as messages', () => {
    expect(filterEvents(events, { ...all, hidden: new Set(['EVENT', 'INFO']) })).toHaveLength(2)
    expect(filterEvents(events, { ...all, step: 'a' })).toHaveLength(1)
    expect(filterEvents(events, { ...all, text: 'UNLUCKY value' })).toHaveLength(1)
  })

  it('names events', () => {
    expect(eventName(events[3]!)).toBe('STEP_FAILURE')
    expect(eventName(events[0]!)).toBe('')
  })
})
