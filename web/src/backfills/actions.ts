/** What can be done to a backfill. Failures become toasts. */
import { useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import {
  CancelBackfillDocument,
  ResumeBackfillDocument,
  RetryBackfillDocument,
  type ReexecutionStrategy,
} from '../graphql/generated/graphql'
import { backfillPath } from '../lib/names'
import { notify, notifyError } from '../ui/toast'

export function useBackfillActions(backfillId: string) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const guarded = async (action: () => Promise<void>) => {
    try {
      await action()
    } catch (error) {
      notifyError(error)
    } finally {
      await client.invalidateQueries()
    }
  }
  return {
    cancel: () =>
      guarded(async () => {
        const answer = await request(CancelBackfillDocument, { backfillId })
        expectType(answer.cancelPartitionBackfill, 'CancelBackfillSuccess')
        notify('success', 'The backfill stops: it launches nothing more and cancels what runs.')
      }),
    resume: () =>
      guarded(async () => {
        const answer = await request(ResumeBackfillDocument, { backfillId })
        expectType(answer.resumePartitionBackfill, 'ResumeBackfillSuccess')
      }),
    /** Starts a new backfill of all partitions, or of those that failed, and leads to it. */
    retry: (strategy: ReexecutionStrategy) =>
      guarded(async () => {
        const params = { parentRunId: backfillId, strategy }
        const answer = await request(RetryBackfillDocument, { params })
        const retried = expectType(answer.reexecutePartitionBackfill, 'LaunchBackfillSuccess')
        void navigate(backfillPath(retried.backfillId))
      }),
  }
}
