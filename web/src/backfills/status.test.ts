import { expect, it } from 'vitest'
import { progressOf } from './status'

it('counts partitions without a run as waiting', () => {
  const counts = [
    { runStatus: 'SUCCESS' as const, count: 3 },
    { runStatus: 'FAILURE' as const, count: 1 },
    { runStatus: 'STARTED' as const, count: 1 },
  ]
  expect(progressOf(counts, 10)).toEqual({ done: 3, failed: 1, running: 1, waiting: 5, total: 10 })
  expect(progressOf(counts, null).total).toBe(5)
})
