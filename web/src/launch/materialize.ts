/**
 * How a selection of assets becomes launches. Pure.
 *
 * Assets of one repository that share a job and a partitioning become one run (of one partition, or none) or, for
 * several partitions, a backfill. Assets that differ in these become a backfill with partitions for each of them.
 */
import type { AssetLaunchInfoQuery, LaunchBackfillParams } from '../graphql/generated/graphql'

export type LaunchNode = AssetLaunchInfoQuery['assetNodes'][number]

/** Assets that are partitioned alike, and where keys for them come from. */
export interface Partitioning {
  id: string
  nodes: LaunchNode[]
  dimensions: Dimension[]
}

export interface Ready {
  kind: 'ready'
  nodes: LaunchNode[]
  /** What one run of all of them takes; absent when only a backfill can launch them. */
  run: { job: string; repository: string; location: string } | undefined
  partitionings: Partitioning[]
}

export type Plan = Ready | { kind: 'refused'; reason: string }

/** Jobs a set of assets share; Dagster's hidden asset job first, since it carries no config of its own. */
export function sharedJob(nodes: readonly LaunchNode[]): string | undefined {
  const [first, ...rest] = nodes
  const shared = first?.jobNames.filter((name) => rest.every((node) => node.jobNames.includes(name))) ?? []
  return shared.find((name) => name.startsWith('__ASSET_JOB')) ?? shared[0]
}

export function planLaunch(all: readonly LaunchNode[]): Plan {
  const nodes = all.filter((node) => node.isMaterializable)
  const first = nodes[0]
  if (!first)
    return {
      kind: 'refused',
      reason: 'None of these assets can be materialized from here: they are external.',
    }
  const denied = nodes.find((node) => !node.hasMaterializePermission)
  if (denied) return { kind: 'refused', reason: `You may not materialize ${denied.assetKey.path.join('/')}.` }
  const byDefinition = new Map<string, Partitioning>()
  for (const node of nodes) {
    if (!node.isPartitioned) continue
    // Two definitions of equal words have equal keys; only dynamic ones have a name.
    const id = JSON.stringify([node.partitionDefinition?.name, node.partitionDefinition?.description])
    const known = byDefinition.get(id)
    if (known) known.nodes.push(node)
    else byDefinition.set(id, { id, nodes: [node], dimensions: node.partitionKeysByDimension ?? [] })
  }
  const { repository } = first
  const together = byDefinition.size <= 1 && nodes.every((node) => node.repository.id === repository.id)
  const job = together ? sharedJob(nodes) : undefined
  return {
    kind: 'ready',
    nodes,
    run:
      job === undefined
        ? undefined
        : { job, repository: repository.name, location: repository.location.name },
    partitionings: [...byDefinition.values()],
  }
}

/** Keys chosen per partitioning. */
export type Keys = ReadonlyMap<string, readonly string[]>

/** What pressing the button does, given the keys chosen; undefined while a choice is missing. */
export type Launch =
  | { kind: 'run'; run: NonNullable<Ready['run']>; partition: string | undefined }
  | { kind: 'backfill'; count: number; params: LaunchBackfillParams }

export function launchOf(plan: Ready, keys: Keys): Launch | undefined {
  const chosen = (partitioning: Partitioning) => keys.get(partitioning.id) ?? []
  if (plan.partitionings.some((each) => chosen(each).length === 0)) return undefined
  const [only] = plan.partitionings
  const picked = only ? chosen(only) : []
  if (plan.run && picked.length <= 1) return { kind: 'run', run: plan.run, partition: picked[0] }
  const key = (node: LaunchNode) => ({ path: node.assetKey.path })
  if (only && plan.partitionings.length === 1 && only.nodes.length === plan.nodes.length) {
    const assetSelection = plan.nodes.map(key)
    return { kind: 'backfill', count: picked.length, params: { assetSelection, partitionNames: [...picked] } }
  }
  const partitioning = new Map(
    plan.partitionings.flatMap((each) => each.nodes.map((node) => [node.id, each] as const)),
  )
  const partitionsByAssets = plan.nodes.map((node) => {
    const own = partitioning.get(node.id)
    const assetKey = key(node)
    return own ? { assetKey, partitions: { ranges: rangesOf(own.dimensions, chosen(own)) } } : { assetKey }
  })
  const count = plan.partitionings.reduce((sum, each) => sum + chosen(each).length, 0)
  return { kind: 'backfill', count, params: { partitionsByAssets } }
}

/** Consecutive keys as ranges; keys with several dimensions stand alone, since they have no single order. */
export function rangesOf(
  dimensions: readonly Dimension[],
  picked: readonly string[],
): { start: string; end: string }[] {
  const [only] = dimensions
  if (!only || dimensions.length > 1) return picked.map((key) => ({ start: key, end: key }))
  const chosen = new Set(picked)
  const ranges: { start: string; end: string }[] = []
  let open: { start: string; end: string } | undefined
  for (const key of only.partitionKeys) {
    if (!chosen.has(key)) open = undefined
    else if (open) open.end = key
    else ranges.push((open = { start: key, end: key }))
  }
  return ranges
}

/** The name under which keys of a dimension can be added; undefined when the definition fixes them. */
export function dynamicName(partitioning: Partitioning, dimension: string): string | undefined {
  const types = partitioning.nodes[0]?.partitionDefinition?.dimensionTypes ?? []
  const type = types.length === 1 ? types[0] : types.find((each) => each.name === dimension)
  return type?.dynamicPartitionsDefinitionName ?? undefined
}

export type Dimension = NonNullable<LaunchNode['partitionKeysByDimension']>[number]

/** Partition keys of a choice in every dimension; dimensions combine in alphabetical order, joined by `|`. */
export function combineKeys(
  dimensions: readonly Dimension[],
  chosen: Readonly<Record<string, readonly string[]>>,
): string[] {
  const ordered = [...dimensions].sort((a, b) => (a.name < b.name ? -1 : 1))
  return ordered.reduce<string[]>((keys, dimension, index) => {
    const picks = chosen[dimension.name] ?? []
    return index === 0 ? [...picks] : keys.flatMap((key) => picks.map((pick) => `${key}|${pick}`))
  }, [])
}

/** The tags of a run for one partition; keys with several dimensions get one tag more for each. */
export function partitionTags(
  dimensions: readonly Dimension[],
  key: string,
): { key: string; value: string }[] {
  const tags = [{ key: 'dagster/partition', value: key }]
  if (dimensions.length < 2) return tags
  const names = dimensions.map((dimension) => dimension.name).sort()
  const parts = key.split('|')
  return [
    ...tags,
    ...names.map((name, index) => ({ key: `dagster/partition/${name}`, value: parts[index] ?? '' })),
  ]
}

/** `2026-01-01...2026-01-31, 2026-03-05`: ranges and single keys, in the order of the definition. */
export function parseKeys(text: string, keys: readonly string[]): { picked: string[]; unknown: string[] } {
  const position = new Map(keys.map((key, index) => [key, index]))
  const picked = new Set<string>()
  const unknown: string[] = []
  for (const part of text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)) {
    const [from, to] = part.split('...').map((each) => each.trim())
    const start = position.get(from ?? '')
    const end = to === undefined ? start : position.get(to)
    if (start === undefined || end === undefined || end < start) unknown.push(part)
    else for (let index = start; index <= end; index++) picked.add(keys[index]!)
  }
  return { picked: keys.filter((key) => picked.has(key)), unknown }
}

/** The inverse of parseKeys: consecutive keys as ranges. */
export function keysToText(picked: readonly string[], dimension: Dimension): string {
  return rangesOf([dimension], picked)
    .map(({ start, end }) => (start === end ? start : `${start}...${end}`))
    .join(', ')
}

/** What Dagster refuses in a dynamic key, besides keys that exist. */
export function keyProblem(key: string, keys: readonly string[]): string | undefined {
  if (keys.includes(key)) return 'This key exists already.'
  if (key.includes('...')) return 'A key may not contain three dots: they mean a range.'
  const controls = ['\u0007', '\b', '\f', '\n', '\r', '\t', '\v', '\0']
  if (controls.some((each) => key.includes(each))) return 'A key may not contain control characters.'
  return undefined
}
