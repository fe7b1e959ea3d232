/** Which assets the catalog shows. Pure. */
import type { AssetCatalogQuery } from '../graphql/generated/graphql'
import { keyToId, keyToText } from '../lib/names'
import type { DiscKind } from '../ui/StatusDisc'

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

/** States one can filter by; the discs of statusLook, as an operator asks for them. */
export const stateChoices: readonly (readonly [disc: DiscKind, label: string])[] = [
  ['failure', 'Failed'],
  ['stale', 'Stale or partly materialized'],
  ['none', 'Never materialized'],
  ['running', 'Materializing'],
  ['success', 'Materialized'],
]

/** The nodes in a state, and how many have no state yet: states arrive in batches. */
export function inState<T extends { assetKey: { path: string[] } }>(
  nodes: readonly T[],
  disc: string,
  discOf: (id: string) => DiscKind | undefined,
): { nodes: T[]; unknown: number } {
  const discs = nodes.map((node) => discOf(keyToId(node.assetKey)))
  return {
    nodes: nodes.filter(
      (_, index) => discs[index] === disc || (disc === 'running' && discs[index] === 'queued'),
    ),
    unknown: discs.filter((each) => each === undefined).length,
  }
}

/** Values with how often they occur, by name. */
export function countBy<T>(items: readonly T[], values: (item: T) => readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const item of items) for (const value of values(item)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a.localeCompare(b))
}
