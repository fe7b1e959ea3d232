import { expect, it } from 'vitest'
import { assetProgress, isActive, progressOf, sumProgress } from './status'

it('counts partitions without a run as waiting', () => {
  const counts = [
    { runStatus: 'SUCCESS' as const, count: 3 },
    { runStatus: 'FAILURE' as const, count: 1 },
    { runStatus: 'STARTED' as const, count: 1 },
  ]
  expect(progressOf(counts, 10)).toEqual({ done: 3, failed: 1, running: 1, waiting: 5, total: 10 })
  expect(progressOf(counts, null).total).toBe(5)
})

const key = { path: ['a'] }

it('counts the partitions of an asset, and an unpartitioned one as one', () => {
  const days = assetProgress({
    __typename: 'AssetPartitionsStatusCounts',
    assetKey: key,
    numPartitionsTargeted: 10,
    numPartitionsInProgress: 2,
    numPartitionsMaterialized: 4,
    numPartitionsFailed: 1,
  })
  expect(days).toEqual({ done: 4, failed: 1, running: 2, waiting: 3, total: 10 })
  const whole = assetProgress({
    __typename: 'UnpartitionedAssetStatus',
    assetKey: key,
    inProgress: false,
    materialized: false,
    failed: false,
  })
  expect(whole).toEqual({ done: 0, failed: 0, running: 0, waiting: 1, total: 1 })
  expect(sumProgress([days, whole])).toEqual({ done: 4, failed: 1, running: 2, waiting: 4, total: 11 })
})

it('knows which backfills the daemon still works on', () => {
  expect(isActive('REQUESTED')).toBe(true)
  expect(isActive('COMPLETED_FAILED')).toBe(false)
})
