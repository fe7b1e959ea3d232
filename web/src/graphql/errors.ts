/**
 * What can go wrong between the page and the server, as one error class the UI knows how to show.
 *
 * `unreachable`: no answer at all; `protocol`: an answer which is not GraphQL; `graphql`: the server refused the
 * operation; `python`: user code or the server reported an error with a stack; `refused`: a typed refusal such as
 * UnauthorizedError or a not-found error.
 */
export type ApiErrorKind = 'unreachable' | 'protocol' | 'graphql' | 'python' | 'refused'

export interface PythonErrorLike {
  __typename?: string
  message: string
  className?: string | null
  stack?: readonly string[]
  causes?: readonly PythonErrorLike[]
  errorChain?: readonly { isExplicitLink: boolean; error: PythonErrorLike }[]
}

export class ApiError extends Error {
  readonly kind: ApiErrorKind
  readonly python?: PythonErrorLike

  constructor(kind: ApiErrorKind, message: string, python?: PythonErrorLike) {
    super(message)
    this.name = 'ApiError'
    this.kind = kind
    this.python = python
  }
}

interface Typed {
  __typename: string
}

function describeRefusal(value: Typed & { message?: unknown }): string {
  if (typeof value.message === 'string' && value.message.length > 0) return value.message
  return value.__typename.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

/** Narrows a GraphQL union to the one member that means success; everything else is thrown as an ApiError. */
export function expectType<T extends Typed, N extends T['__typename']>(
  value: T | null | undefined,
  name: N,
): Extract<T, { __typename: N }> {
  if (value == null) throw new ApiError('refused', 'This server does not offer this yet.')
  if (value.__typename === name) return value as Extract<T, { __typename: N }>
  throw toApiError(value)
}

/** The ApiError for a failing member of a GraphQL union. */
export function toApiError(value: Typed): ApiError {
  const message = describeRefusal(value)
  if (value.__typename === 'PythonError') {
    return new ApiError('python', message, value as unknown as PythonErrorLike)
  }
  return new ApiError('refused', message)
}

/** One sentence on what the reader can do about an error. */
export function remedy(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Reload the page; if it happens again, please report it.'
  switch (error.kind) {
    case 'unreachable':
      return 'Check that the Rondel server is running and reachable from this machine. This page retries by itself.'
    case 'protocol':
      return 'A proxy in between may have answered instead of Rondel; look at the network tab and the server log.'
    case 'graphql':
      return 'The server may be older or newer than this page: reload it. The server log has the details.'
    case 'python':
      return 'The stack below comes from Python code; fix it there and reload the code location.'
    case 'refused':
      return 'Check the name and your permissions, or whether its code location is loaded.'
  }
}
