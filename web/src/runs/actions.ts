/** What can be done to runs: terminate, re-execute, delete. Failures become toasts, successes lead on. */
import { useCallback } from 'react'
import { useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import {
  DeleteRunDocument,
  ReexecuteDocument,
  ReexecuteStepsDocument,
  TerminateRunsDocument,
  type ExecutionParams,
  type ReexecutionStrategy,
} from '../graphql/generated/graphql'
import { plural, runPath } from '../lib/names'
import { notify, notifyError } from '../ui/toast'

async function terminate(runIds: string[], force: boolean) {
  const policy = force ? 'MARK_AS_CANCELED_IMMEDIATELY' : 'SAFE_TERMINATE'
  const answer = await request(TerminateRunsDocument, { runIds, policy })
  const results = expectType(answer.terminateRuns, 'TerminateRunsResult').terminateRunResults
  const failed = results.filter((result) => result.__typename !== 'TerminateRunSuccess')
  for (const failure of failed) notify('failure', failure.message)
  const done = results.length - failed.length
  if (done > 0) notify('success', `Asked ${plural(done, 'run')} to stop.`)
}

async function reexecute(parentRunId: string, strategy: ReexecutionStrategy): Promise<string> {
  const params = { parentRunId, strategy, useParentRunTags: true }
  const answer = await request(ReexecuteDocument, { params })
  return expectType(answer.launchRunReexecution, 'LaunchRunSuccess').run.runId
}

export function useRunActions() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const guarded = useCallback(
    async (action: () => Promise<void>) => {
      try {
        await action()
      } catch (error) {
        notifyError(error)
      } finally {
        await client.invalidateQueries()
      }
    },
    [client],
  )
  return {
    terminate: (runIds: string[], force = false) => guarded(() => terminate(runIds, force)),
    reexecute: (runId: string, strategy: ReexecutionStrategy) =>
      guarded(async () => void navigate(runPath(await reexecute(runId, strategy)))),
    reexecuteSteps: (params: ExecutionParams) =>
      guarded(async () => {
        const answer = (await request(ReexecuteStepsDocument, { params })).launchRunReexecution
        void navigate(runPath(expectType(answer, 'LaunchRunSuccess').run.runId))
      }),
    reexecuteMany: (runIds: string[]) =>
      guarded(async () => {
        let launched = 0
        for (const runId of runIds) {
          await reexecute(runId, 'ALL_STEPS')
          launched += 1
        }
        notify('success', `Launched ${plural(launched, 'run')} again.`)
      }),
    remove: (runId: string) =>
      guarded(async () => {
        expectType((await request(DeleteRunDocument, { runId })).deleteRun, 'DeletePipelineRunSuccess')
        notify('success', 'The run and its events are deleted.')
        void navigate('/runs')
      }),
  }
}
