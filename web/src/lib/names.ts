/** Names of things as text and as addresses inside the UI. Paths follow Dagster's, so that shared links keep working. */

export interface KeyLike {
  path: readonly string[]
}

export interface RepoAddress {
  repository: string
  location: string
}

/** Jobs which Dagster makes for asset runs without a job of their own; runs of them are shown by their assets. */
export function isHiddenJob(name: string): boolean {
  return /^__(ASSET_JOB|anonymous_asset_job|ephemeral_asset_job)/.test(name)
}

export function keyToText(key: KeyLike): string {
  return key.path.join('/')
}

/** An identity usable as a Map key; unlike keyToText it never confuses ["a/b"] with ["a","b"]. */
export function keyToId(key: KeyLike): string {
  return JSON.stringify(key.path)
}

export function idToKey(id: string): { path: string[] } {
  return { path: JSON.parse(id) as string[] }
}

export function assetPath(key: KeyLike): string {
  return `/assets/${key.path.map(encodeURIComponent).join('/')}`
}

export function repoAddressToText({ repository, location }: RepoAddress): string {
  return repository === '__repository__' ? location : `${repository}@${location}`
}

function repoSegment({ repository, location }: RepoAddress): string {
  return encodeURIComponent(`${repository}@${location}`)
}

export function parseRepoSegment(segment: string): RepoAddress {
  const at = segment.indexOf('@')
  if (at < 0) return { repository: '__repository__', location: segment }
  return { repository: segment.slice(0, at), location: segment.slice(at + 1) }
}

export function jobPath(repo: RepoAddress, job: string): string {
  return `/locations/${repoSegment(repo)}/jobs/${encodeURIComponent(job)}`
}

export function schedulePath(repo: RepoAddress, name: string): string {
  return `/locations/${repoSegment(repo)}/schedules/${encodeURIComponent(name)}`
}

export function sensorPath(repo: RepoAddress, name: string): string {
  return `/locations/${repoSegment(repo)}/sensors/${encodeURIComponent(name)}`
}

export function runPath(runId: string): string {
  return `/runs/${runId}`
}

export function backfillPath(backfillId: string): string {
  return `/runs/b/${encodeURIComponent(backfillId)}`
}

export function shortId(id: string): string {
  return id.slice(0, 8)
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`
}
