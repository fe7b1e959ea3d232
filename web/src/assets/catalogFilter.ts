/** Which assets the catalog shows. Pure. */
import type { AssetCatalogQuery } from '../graphql/generated/graphql'
import { keyToText } from '../lib/names'

export type CatalogNode = AssetCatalogQuery['assetNodes'][number]

export interface CatalogFilter {
  text: string
  group: string
  kind: string
}

export function filterCatalog<
  T extends { assetKey: { path: string[] }; groupName: string; kinds: string[]; description?: string | null },
>(nodes: readonly T[], filter: CatalogFilter): T[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return nodes.filter((node) => {
    if (filter.group && node.groupName !== filter.group) return false
    if (filter.kind && !node.kinds.includes(filter.kind)) return false
    if (words.length === 0) return true
    const text =
      `${keyToText(node.assetKey)} ${node.groupName} ${node.kinds.join(' ')} ${node.description ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Values with how often they occur, by name. */
export function countBy<T>(items: readonly T[], values: (item: T) => readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const item of items) for (const value of values(item)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a.localeCompare(b))
}
