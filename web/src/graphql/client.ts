/** Sends GraphQL operations over HTTP. The one place that knows the wire format of `/graphql`. */
import { serverPath } from '../lib/base'
import { reportReachable } from './connection'
import { ApiError } from './errors'
import type { TypedDocumentString } from './generated/graphql'

interface Answer<TResult> {
  data?: TResult | null
  errors?: { message: string }[]
}

export function operationName(document: { toString(): string }): string {
  return /(?:query|mutation|subscription)\s+(\w+)/.exec(document.toString())?.[1] ?? 'anonymous'
}

export async function request<TResult, TVariables>(
  document: TypedDocumentString<TResult, TVariables>,
  variables?: TVariables,
  signal?: AbortSignal,
): Promise<TResult> {
  const name = operationName(document)
  let response: Response
  try {
    response = await fetch(`${serverPath('/graphql')}?op=${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ operationName: name, query: document.toString(), variables: variables ?? {} }),
      signal,
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    reportReachable(false)
    throw new ApiError('unreachable', 'The server does not answer.')
  }
  // Dagster answers 500 with a complete GraphQL body when user code failed while resolving: read the body first.
  const text = await response.text()
  let answer: Answer<TResult>
  try {
    answer = JSON.parse(text) as Answer<TResult>
  } catch {
    const down = response.status === 502 || response.status === 503 || response.status === 504
    reportReachable(!down)
    if (down) {
      throw new ApiError('unreachable', `The server is not available (HTTP ${response.status}).`)
    }
    throw new ApiError('protocol', `The server answered HTTP ${response.status} without a GraphQL result.`)
  }
  reportReachable(true)
  if (answer.data == null) {
    const message = answer.errors?.map((error) => error.message).join('\n') || `HTTP ${response.status}`
    throw new ApiError('graphql', `${name}: ${message}`)
  }
  return answer.data
}
