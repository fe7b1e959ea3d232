/**
 * How a selection of assets becomes launches. Pure.
 *
 * Assets can run together when they live in one repository and share a job. Several partitions become one backfill,
 * one partition a run with its partition tags, none a plain run.
 */
import type { AssetLaunchInfoQuery } from '../graphql/generated/graphql'

export type LaunchNode = AssetLaunchInfoQuery['assetNodes'][number]

export type Plan =
  | {
      kind: 'ready'
      nodes: LaunchNode[]
      job: string
      repository: string
      location: string
      partitioned: LaunchNode | undefined
    }
  | { kind: 'refused'; reason: string }

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
  const { repository } = first
  if (nodes.some((node) => node.repository.id !== repository.id)) {
    return { kind: 'refused', reason: 'These assets live in several code locations; select those of one.' }
  }
  const job = sharedJob(nodes)
  if (!job) {
    return {
      kind: 'refused',
      reason: 'No job contains all of these assets; select fewer, or define a job for them.',
    }
  }
  const partitioned = nodes.filter((node) => node.isPartitioned)
  const definitions = new Set(partitioned.map((node) => node.partitionDefinition?.description))
  if (definitions.size > 1) {
    return {
      kind: 'refused',
      reason: 'These assets are partitioned differently; materialize each kind on its own.',
    }
  }
  return {
    kind: 'ready',
    nodes,
    job,
    repository: repository.name,
    location: repository.location.name,
    partitioned: partitioned[0],
  }
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
export function keysToText(picked: readonly string[], keys: readonly string[]): string {
  const chosen = new Set(picked)
  const parts: string[] = []
  let start: number | undefined
  keys.forEach((key, index) => {
    if (chosen.has(key)) start ??= index
    if (start !== undefined && (!chosen.has(key) || index === keys.length - 1)) {
      const end = chosen.has(key) ? index : index - 1
      parts.push(start === end ? keys[start]! : `${keys[start]}...${keys[end]}`)
      start = undefined
    }
  })
  return parts.join(', ')
}
