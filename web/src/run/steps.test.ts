import { describe, expect, it } from 'vitest'
import type { RunEventFragment } from '../graphql/generated/graphql'
import { foldSteps, settle, stepSeconds } from './steps'

function event(kind: string, stepKey: string, seconds: number): RunEventFragment {
  return {
    __typename: kind,
    stepKey,
    timestamp: String(seconds * 1000),
    message: '',
    level: 'INFO',
    eventType: null,
  } as unknown as RunEventFragment
}

const plan = {
  artifactsPersisted: true,
  steps: [
    { key: 'a', kind: 'COMPUTE' as const, inputs: [] },
    { key: 'b', kind: 'COMPUTE' as const, inputs: [{ dependsOn: [{ key: 'a' }, { key: 'a' }] }] },
    { key: 'c', kind: 'COMPUTE' as const, inputs: [] },
  ],
}

describe('steps of a run', () => {
  it('counts retries as attempts and adds their time up', () => {
    const [step] = foldSteps(
      plan,
      ['a'],
      [
        event('ExecutionStepStartEvent', 'a', 10),
        event('ExecutionStepUpForRetryEvent', 'a', 12),
        event('ExecutionStepRestartEvent', 'a', 20),
        event('ExecutionStepSuccessEvent', 'a', 21),
      ],
    )
    expect(step).toMatchObject({
      state: 'success',
      attempts: [
        { start: 10, end: 12 },
        { start: 20, end: 21 },
      ],
    })
    expect(stepSeconds(step!, 100)).toBe(3)
  })

  it('shows only the steps a partial re-execution runs', () => {
    expect(foldSteps(plan, ['b'], []).map((step) => step.key)).toEqual(['b'])
    expect(foldSteps(plan, [], [])).toHaveLength(3)
  })

  it('names each upstream step once', () => {
    expect(foldSteps(plan, null, []).find((step) => step.key === 'b')?.dependsOn).toEqual(['a'])
  })

  it('adds dynamically mapped steps the plan does not know', () => {
    const steps = foldSteps(plan, null, [event('ExecutionStepStartEvent', 'map[1]', 5)])
    expect(steps[0]).toMatchObject({ key: 'map[1]', state: 'running' })
  })

  it('orders started steps by time before waiting ones', () => {
    const steps = foldSteps(plan, null, [
      event('ExecutionStepStartEvent', 'c', 1),
      event('ExecutionStepStartEvent', 'a', 2),
    ])
    expect(steps.map((step) => step.key)).toEqual(['c', 'a', 'b'])
  })

  it('does not leave a step running when the run is over', () => {
    const steps = settle(foldSteps(plan, ['a'], [event('ExecutionStepStartEvent', 'a', 1)]), 'CANCELED', 9)
    expect(steps[0]).toMatchObject({ state: 'ended', attempts: [{ start: 1, end: 9 }] })
  })
})
