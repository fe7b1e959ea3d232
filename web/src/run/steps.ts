/**
 * The state of every step of a run, folded from its events. Pure: feeding the same events in one go or in pieces gives
 * the same result.
 */
import type { RunEventFragment, RunHeadFragment, RunStatus } from '../graphql/generated/graphql'
import { isFinished } from '../runs/status'
import type { DiscKind } from '../ui/StatusDisc'

export type StepState =
  'waiting' | 'starting' | 'running' | 'retrying' | 'success' | 'failure' | 'skipped' | 'ended'

export interface Attempt {
  start: number
  end?: number
}

export interface Step {
  key: string
  state: StepState
  attempts: Attempt[]
  /** First sight, for a worker process that starts before the step does. */
  preparing?: number
  dependsOn: string[]
}

export interface RunTimes {
  start?: number
  end?: number
}

export function eventSeconds(event: RunEventFragment): number {
  return Number(event.timestamp) / 1000
}

const relevant = new Set([
  'ExecutionStepStartEvent',
  'ExecutionStepRestartEvent',
  'ExecutionStepSuccessEvent',
  'ExecutionStepFailureEvent',
  'ExecutionStepSkippedEvent',
  'ExecutionStepUpForRetryEvent',
  'StepWorkerStartingEvent',
])

function endAttempt(step: Step, at: number) {
  const last = step.attempts.at(-1)
  if (last && last.end === undefined) last.end = at
}

function apply(step: Step, kind: string, at: number) {
  switch (kind) {
    case 'StepWorkerStartingEvent':
      step.preparing ??= at
      if (step.state === 'waiting') step.state = 'starting'
      return
    case 'ExecutionStepStartEvent':
    case 'ExecutionStepRestartEvent':
      // A worker may report a start again after a restart of its own: one open attempt at a time.
      endAttempt(step, at)
      step.attempts.push({ start: at })
      step.state = 'running'
      return
    case 'ExecutionStepUpForRetryEvent':
      endAttempt(step, at)
      step.state = 'retrying'
      return
    case 'ExecutionStepSuccessEvent':
      endAttempt(step, at)
      step.state = 'success'
      return
    case 'ExecutionStepFailureEvent':
      endAttempt(step, at)
      step.state = 'failure'
      return
    case 'ExecutionStepSkippedEvent':
      step.state = 'skipped'
  }
}

type Plan = NonNullable<RunHeadFragment['executionPlan']>

/** All steps of the plan (restricted to `wanted`), with what the events say about them; unplanned steps come last. */
export function foldSteps(
  plan: Plan | null | undefined,
  wanted: readonly string[] | null | undefined,
  events: readonly RunEventFragment[],
): Step[] {
  const steps = new Map<string, Step>()
  const limit = wanted?.length ? new Set(wanted) : undefined
  for (const { key, inputs } of plan?.steps ?? []) {
    if (limit && !limit.has(key)) continue
    const dependsOn = [...new Set(inputs.flatMap((input) => input.dependsOn.map((upstream) => upstream.key)))]
    steps.set(key, { key, state: 'waiting', attempts: [], dependsOn })
  }
  for (const event of events) {
    if (!event.stepKey || !relevant.has(event.__typename)) continue
    let step = steps.get(event.stepKey)
    if (!step) {
      step = { key: event.stepKey, state: 'waiting', attempts: [], dependsOn: [] }
      steps.set(event.stepKey, step)
    }
    apply(step, event.__typename, eventSeconds(event))
  }
  return orderSteps([...steps.values()])
}

/** Started steps by their start, the others below in plan order. */
function orderSteps(steps: Step[]): Step[] {
  const start = (step: Step) => step.attempts[0]?.start ?? step.preparing ?? Infinity
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => {
      const [x, y] = [start(a.step), start(b.step)]
      return x === y ? a.index - b.index : x - y
    })
    .map(({ step }) => step)
}

/** Once a run is over, a step without an end has not run on: it ended with the run or never started. */
export function settle(steps: Step[], status: RunStatus, end: number | undefined): Step[] {
  if (!isFinished(status)) return steps
  return steps.map((step) => {
    if (step.state === 'running' || step.state === 'starting' || step.state === 'retrying') {
      const attempts = step.attempts.map((each) => (each.end === undefined ? { ...each, end } : each))
      return { ...step, attempts, state: 'ended' as const }
    }
    return step
  })
}

export function stepSeconds(step: Step, now: number): number {
  return step.attempts.reduce((sum, attempt) => sum + Math.max(0, (attempt.end ?? now) - attempt.start), 0)
}

export const stepDisc: Record<StepState, DiscKind> = {
  waiting: 'none',
  starting: 'queued',
  running: 'running',
  retrying: 'stale',
  success: 'success',
  failure: 'failure',
  skipped: 'skipped',
  ended: 'canceled',
}

export const stepLabel: Record<StepState, string> = {
  waiting: 'waiting',
  starting: 'starting its process',
  running: 'running',
  retrying: 'waiting to be tried again',
  success: 'succeeded',
  failure: 'failed',
  skipped: 'skipped',
  ended: 'did not finish',
}
