/**
 * The state of a run as its events tell it. Pure.
 *
 * The subscription's own `run` is a picture taken when the subscription began (so Dagster does it), and polling lags
 * behind; the events are what the reader sees, and the state has to agree with them.
 */
import type { RunEventFragment, RunStatus } from '../graphql/generated/graphql'
import { isFinished } from '../runs/status'
import { eventSeconds } from './steps'

export interface RunState {
  status?: RunStatus
  start?: number
  end?: number
}

const statusOf: Partial<Record<RunEventFragment['__typename'], RunStatus>> = {
  RunEnqueuedEvent: 'QUEUED',
  RunDequeuedEvent: 'QUEUED',
  RunStartingEvent: 'STARTING',
  RunStartEvent: 'STARTED',
  RunResumedEvent: 'STARTED',
  RunSuspendedEvent: 'SUSPENDED',
  RunCancelingEvent: 'CANCELING',
  RunSuccessEvent: 'SUCCESS',
  RunFailureEvent: 'FAILURE',
  RunCanceledEvent: 'CANCELED',
}

export function foldRun(events: readonly RunEventFragment[]): RunState {
  const state: RunState = {}
  for (const event of events) {
    const status = statusOf[event.__typename]
    if (!status) continue
    state.status = status
    if (status === 'STARTED') state.start ??= eventSeconds(event)
    state.end = isFinished(status) ? eventSeconds(event) : undefined
  }
  return state
}

/** What to show: a finished state wins from wherever it comes; else the events are ahead of any answer. */
export function currentStatus(answered: RunStatus, told: RunStatus | undefined): RunStatus {
  return isFinished(answered) ? answered : (told ?? answered)
}
