/**
 * Latest state of assets for whoever shows them: the catalog, the lineage graph, an asset's page.
 *
 * Viewers register the keys in sight; one loop fetches those in batches, most outdated first, and never more than one
 * batch at a time. So a graph of thousands of assets costs what is looked at, not what exists.
 */
import { useEffect, useSyncExternalStore } from 'react'
import { request } from '../graphql/client'
import { AssetStatusesDocument, type AssetStatusesQuery } from '../graphql/generated/graphql'
import { idToKey, keyToId } from '../lib/names'
import type { DiscKind } from '../ui/StatusDisc'

type Info = AssetStatusesQuery['assetsLatestInfo'][number]
type Node = AssetStatusesQuery['assetNodes'][number]

export interface AssetStatus {
  latest?: Info['latestMaterialization']
  latestRun?: Info['latestRun']
  running: string[]
  queued: string[]
  stale?: Node['staleStatus']
  partitions?: Node['partitionStats']
}

const batchSize = 60
const freshFor = 5_000

export class AssetStatusStore {
  private readonly statuses = new Map<string, AssetStatus>()
  private readonly fetchedAt = new Map<string, number>()
  private readonly watched = new Map<string, number>()
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private busy = false
  private generation = 0
  private readonly fetch: (keys: { path: string[] }[]) => Promise<AssetStatusesQuery>

  constructor(fetch: (keys: { path: string[] }[]) => Promise<AssetStatusesQuery>) {
    this.fetch = fetch
  }

  readonly get = (id: string): AssetStatus | undefined => this.statuses.get(id)
  readonly version = (): number => this.generation

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Keeps `ids` up to date until the returned function is called. */
  watch(ids: readonly string[]): () => void {
    for (const id of ids) this.watched.set(id, (this.watched.get(id) ?? 0) + 1)
    this.schedule(0)
    return () => {
      for (const id of ids) {
        const left = (this.watched.get(id) ?? 1) - 1
        if (left > 0) this.watched.set(id, left)
        else this.watched.delete(id)
      }
    }
  }

  /** Makes everything due, for after a launch. */
  refresh() {
    this.fetchedAt.clear()
    this.schedule(0)
  }

  private due(now: number): string[] {
    return [...this.watched.keys()]
      .map((id) => ({ id, at: this.fetchedAt.get(id) ?? 0 }))
      .filter(({ at }) => now - at >= freshFor)
      .sort((a, b) => a.at - b.at)
      .slice(0, batchSize)
      .map(({ id }) => id)
  }

  private schedule(delay: number) {
    if (this.busy) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.step(), delay)
  }

  private async step() {
    if (this.watched.size === 0) return
    const visible = typeof document === 'undefined' || document.visibilityState === 'visible'
    const ids = visible ? this.due(Date.now()) : []
    if (ids.length === 0) return this.schedule(1_000)
    this.busy = true
    try {
      this.merge(ids, await this.fetch(ids.map(idToKey)))
    } catch {
      // The page's own queries report an unreachable server; here it is enough to try again later.
    }
    const now = Date.now()
    for (const id of ids) this.fetchedAt.set(id, now)
    this.busy = false
    this.schedule(this.due(now).length > 0 ? 50 : 1_000)
  }

  private merge(ids: readonly string[], data: AssetStatusesQuery) {
    const nodes = new Map(data.assetNodes.map((node) => [keyToId(node.assetKey), node]))
    const infos = new Map(data.assetsLatestInfo.map((info) => [keyToId(info.assetKey), info]))
    for (const id of ids) {
      const [node, info] = [nodes.get(id), infos.get(id)]
      this.statuses.set(id, {
        latest: info?.latestMaterialization,
        latestRun: info?.latestRun,
        running: info?.inProgressRunIds ?? [],
        queued: info?.unstartedRunIds ?? [],
        stale: node?.staleStatus,
        partitions: node?.partitionStats,
      })
    }
    this.generation += 1
    for (const listener of this.listeners) listener()
  }
}

export const assetStatuses = new AssetStatusStore((assetKeys) =>
  request(AssetStatusesDocument, { assetKeys }),
)

/** Re-renders whenever a watched status changes; the number identifies the state. */
export function useAssetStatuses(ids: readonly string[]): number {
  const joined = ids.join('\n')
  useEffect(() => (joined ? assetStatuses.watch(joined.split('\n')) : undefined), [joined])
  return useSyncExternalStore(assetStatuses.subscribe, assetStatuses.version)
}

/** The status of one asset which someone else watches. */
export function useAssetStatus(id: string): AssetStatus | undefined {
  return useSyncExternalStore(assetStatuses.subscribe, () => assetStatuses.get(id))
}

/** The run that failed to materialize the asset, unless it was materialized since. */
export function failedRun({ latest, latestRun }: AssetStatus): { runId: string; at: number } | undefined {
  if (latestRun?.status !== 'FAILURE' || latest?.runId === latestRun.id) return undefined
  const at = latestRun.endTime ?? 0
  return latest && Number(latest.timestamp) / 1000 >= at ? undefined : { runId: latestRun.id, at }
}

export interface StatusLook {
  disc: DiscKind
  label: string
}

/** What one asset's state comes down to. */
export function statusLook(status: AssetStatus | undefined): StatusLook | undefined {
  if (!status) return undefined
  if (status.running.length > 0) return { disc: 'running', label: 'Materializing' }
  if (status.queued.length > 0) return { disc: 'queued', label: 'Queued' }
  const { latest, partitions } = status
  if (partitions) {
    if (partitions.numMaterializing > 0) return { disc: 'running', label: 'Materializing' }
    if (partitions.numFailed > 0) return { disc: 'failure', label: `${partitions.numFailed} failed` }
    if (partitions.numMaterialized === 0) return { disc: 'none', label: 'Never materialized' }
    if (partitions.numMaterialized < partitions.numPartitions)
      return { disc: 'stale', label: 'Partly materialized' }
    return { disc: 'success', label: 'Materialized' }
  }
  if (failedRun(status)) return { disc: 'failure', label: 'Failed' }
  if (!latest) return { disc: 'none', label: 'Never materialized' }
  if (status.stale === 'STALE') return { disc: 'stale', label: 'Stale' }
  return { disc: 'success', label: 'Materialized' }
}
