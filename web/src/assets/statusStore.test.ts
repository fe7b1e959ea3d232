import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AssetStatusesQuery } from '../graphql/generated/graphql'
import { AssetStatusStore, statusLook } from './statusStore'

const id = (index: number) => JSON.stringify([`a${index}`])
const answer = (keys: { path: string[] }[]): AssetStatusesQuery => ({
  assetsLatestInfo: keys.map((assetKey) => ({
    id: assetKey.path.join('/'),
    assetKey,
    unstartedRunIds: [],
    inProgressRunIds: [],
    latestRun: null,
    latestMaterialization: null,
  })),
  assetNodes: [],
})

describe('the asset status store', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('fetches what is watched in batches, and forgets what is not', async () => {
    const fetch = vi.fn((keys: { path: string[] }[]) => Promise.resolve(answer(keys)))
    const store = new AssetStatusStore(fetch)
    const unwatch = store.watch(Array.from({ length: 130 }, (_, index) => id(index)))
    await vi.advanceTimersByTimeAsync(400)
    expect(fetch.mock.calls.map(([keys]) => keys.length)).toEqual([60, 60, 10])
    expect(store.get(id(3))).toBeDefined()
    unwatch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fetch).toHaveBeenCalledTimes(3)
  })

  it('keeps trying after a failure without hurry', async () => {
    const fetch = vi.fn(() => Promise.reject(new Error('down')))
    const store = new AssetStatusStore(fetch)
    store.watch([id(1)])
    await vi.advanceTimersByTimeAsync(4_000)
    expect(fetch).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(fetch).toHaveBeenCalledTimes(2)
  })
})

describe('what an asset is shown as', () => {
  const base = { running: [], queued: [] }
  const run = { id: 'r2', status: 'FAILURE' as const, endTime: 20 }

  it('is failed only when the failure came after the latest materialization', () => {
    const latest = { timestamp: '10000', runId: 'r1', partition: null }
    expect(statusLook({ ...base, latest, latestRun: run })?.disc).toBe('failure')
    expect(statusLook({ ...base, latest: { ...latest, timestamp: '30000' }, latestRun: run })?.disc).toBe(
      'success',
    )
    expect(statusLook({ ...base, latest: { ...latest, runId: 'r2' }, latestRun: run })?.disc).toBe('success')
  })

  it('says how far a partitioned asset is', () => {
    const partitions = { numMaterialized: 2, numPartitions: 3, numFailed: 0, numMaterializing: 0 }
    expect(statusLook({ ...base, partitions })?.label).toBe('Partly materialized')
  })

  it('shows a run in progress before anything else', () => {
    expect(statusLook({ ...base, running: ['x'], latestRun: run })?.disc).toBe('running')
  })
})
