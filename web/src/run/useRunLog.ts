/**
 * The live events of a run over the websocket.
 *
 * The stream resumes at its cursor after a reconnect, so that no event is shown twice or missed. Messages are gathered
 * and put into React's state at most once per frame: the first message may carry thousands of events.
 */
import { useEffect, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import {
  RunLogDocument,
  RunPageDocument,
  type RunEventFragment,
  type RunStatus,
} from '../graphql/generated/graphql'
import { queryKey } from '../graphql/hooks'
import { socket } from '../graphql/socket'
import { isFinished } from '../runs/status'

export interface RunLog {
  events: RunEventFragment[]
  status?: RunStatus
  startTime?: number | null
  endTime?: number | null
  canTerminate?: boolean
  /** The whole past is here; only what happens from now on is missing. */
  complete: boolean
  problem?: string
}

const nothing: RunLog = { events: [], complete: false }

export function useRunLog(runId: string): RunLog {
  const [log, setLog] = useState<{ runId: string; log: RunLog }>({ runId, log: nothing })
  const client = useQueryClient()

  useEffect(() => {
    let cursor: string | undefined
    let pending: RunLog = nothing
    let frame: ReturnType<typeof setTimeout> | undefined
    const flush = () => {
      frame = undefined
      setLog({ runId, log: pending })
    }
    const update = (change: Partial<RunLog>) => {
      pending = { ...pending, ...change }
      frame ??= setTimeout(flush, 40)
    }
    const stop = socket.subscribe(
      RunLogDocument,
      () => ({ runId, cursor: cursor ?? null }),
      (data) => {
        const payload = data.pipelineRunLogs
        if (payload.__typename !== 'PipelineRunLogsSubscriptionSuccess') {
          return update({ problem: payload.message, complete: true })
        }
        cursor = payload.cursor
        const { status, startTime, endTime, canTerminate } = payload.run
        if (pending.status && !isFinished(pending.status) && isFinished(status)) {
          void client.invalidateQueries({ queryKey: queryKey(RunPageDocument, { runId }) })
        }
        update({
          events: payload.messages.length ? [...pending.events, ...payload.messages] : pending.events,
          status,
          startTime,
          endTime,
          canTerminate,
          complete: !payload.hasMorePastEvents,
          problem: undefined,
        })
      },
      (problem) => update({ problem, complete: true }),
    )
    return () => {
      stop()
      clearTimeout(frame)
    }
  }, [runId, client])

  return log.runId === runId ? log.log : nothing
}
