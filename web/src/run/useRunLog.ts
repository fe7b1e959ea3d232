/**
 * The live events of a run over the websocket.
 *
 * The stream resumes at its cursor after a reconnect, so that no event is shown twice or missed. Messages are gathered
 * and put into React's state at most once per frame or so: the first message may carry thousands of events.
 */
import { useEffect, useState } from 'react'
import { RunLogDocument, type RunEventFragment } from '../graphql/generated/graphql'
import { socket } from '../graphql/socket'

export interface RunLog {
  events: RunEventFragment[]
  /** The whole past is here; only what happens from now on is missing. */
  complete: boolean
  problem?: string
}

const nothing: RunLog = { events: [], complete: false }

export function useRunLog(runId: string): RunLog {
  const [state, setState] = useState<{ runId: string; log: RunLog }>({ runId, log: nothing })

  useEffect(() => {
    let cursor: string | null = null
    let pending = nothing
    let timer: ReturnType<typeof setTimeout> | undefined
    const update = (change: Partial<RunLog>) => {
      pending = { ...pending, ...change }
      timer ??= setTimeout(() => {
        timer = undefined
        setState({ runId, log: pending })
      }, 40)
    }
    const stop = socket.subscribe(
      RunLogDocument,
      () => ({ runId, cursor }),
      ({ pipelineRunLogs: payload }) => {
        if (payload.__typename !== 'PipelineRunLogsSubscriptionSuccess') {
          return update({ problem: payload.message, complete: true })
        }
        cursor = payload.cursor
        update({
          events: payload.messages.length ? [...pending.events, ...payload.messages] : pending.events,
          complete: !payload.hasMorePastEvents,
          problem: undefined,
        })
      },
      (problem) => update({ problem, complete: true }),
    )
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [runId])

  return state.runId === runId ? state.log : nothing
}
