/**
 * The runs filter as text, `job:nightly tag:team=data status:failure id:1f2e…`, and as GraphQL. Pure.
 *
 * Words without a prefix mean a job name, or a run id when they look like one. Values with blanks are quoted.
 */
import type { RunsFilter } from '../graphql/generated/graphql'
import { statusFilters } from './status'

export interface RunQuery {
  job?: string
  ids: string[]
  tags: { key: string; value: string }[]
  status?: string
}

const runId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function splitWords(text: string): string[] {
  const words: string[] = []
  for (const match of text.matchAll(/((?:[^\s"]|"[^"]*")+)/g)) words.push(match[1]!.replaceAll('"', ''))
  return words
}

export function parseRunQuery(text: string): RunQuery {
  const query: RunQuery = { ids: [], tags: [] }
  for (const word of splitWords(text)) {
    const colon = word.indexOf(':')
    const prefix = colon > 0 ? word.slice(0, colon) : ''
    const rest = word.slice(colon + 1)
    if (prefix === 'job') query.job = rest
    else if (prefix === 'id') query.ids.push(rest)
    else if (prefix === 'status') query.status = rest
    else if (prefix === 'tag') {
      const equals = rest.indexOf('=')
      query.tags.push(
        equals < 0 ? { key: rest, value: '' } : { key: rest.slice(0, equals), value: rest.slice(equals + 1) },
      )
    } else if (runId.test(word)) query.ids.push(word)
    else query.job = word
  }
  return query
}

function quoted(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text
}

/** Adds `tag:key=value` to a query text unless it is already there. */
export function withTag(text: string, key: string, value: string): string {
  const word = quoted(`tag:${key}=${value}`)
  return splitWords(text).includes(`tag:${key}=${value}`) ? text : `${text} ${word}`.trim()
}

export interface TimeWindow {
  after?: number
  before?: number
}

const windowHours: Record<string, number> = { '1h': 1, '6h': 6, '24h': 24, '7d': 168, '30d': 720 }
export const timeWindows = Object.keys(windowHours)

export function toRunsFilter(text: string, status: string, since: string, nowSeconds: number): RunsFilter {
  const query = parseRunQuery(text)
  const wanted = statusFilters.find((filter) => filter.name === (query.status ?? status))
  const hours = windowHours[since]
  return {
    ...(query.job ? { pipelineName: query.job } : {}),
    ...(query.ids.length ? { runIds: query.ids } : {}),
    ...(query.tags.length ? { tags: query.tags } : {}),
    ...(wanted ? { statuses: wanted.statuses } : {}),
    // Whole minutes, so that the query does not change with every second.
    ...(hours ? { createdAfter: Math.floor(nowSeconds / 60) * 60 - hours * 3600 } : {}),
  }
}
