/** TanStack Query bound to typed GraphQL documents. Query keys are [operation name, variables]. */
import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { operationName, request } from './client'
import { isReachable, onReachableChange } from './connection'
import { ApiError } from './errors'
import type { TypedDocumentString } from './generated/graphql'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // Transport trouble is retried for ever by polling; a refusal would only be refused again.
      retry: (count, error) => error instanceof ApiError && error.kind === 'unreachable' && count < 2,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})

// What failed while the server was away is asked for again when it is back.
onReachableChange(() => {
  if (isReachable()) void queryClient.refetchQueries({ predicate: (query) => query.state.status === 'error' })
})

export interface GqlOptions {
  /** Milliseconds between refetches while the tab is visible; false for none. */
  poll?: number | false
  enabled?: boolean
  /** Keep showing the last result while the variables change (lists, searches). */
  keepPrevious?: boolean
  staleTime?: number
}

export function queryKey(document: { toString(): string }, variables?: unknown): unknown[] {
  return [operationName(document), variables ?? {}]
}

export function useGql<TResult, TVariables>(
  document: TypedDocumentString<TResult, TVariables>,
  variables?: TVariables,
  options: GqlOptions = {},
): UseQueryResult<TResult, Error> {
  return useQuery({
    queryKey: queryKey(document, variables),
    queryFn: ({ signal }) => request(document, variables, signal),
    refetchInterval: options.poll ?? false,
    enabled: options.enabled ?? true,
    staleTime: options.staleTime,
    placeholderData: options.keepPrevious ? keepPreviousData : undefined,
  })
}

/** A mutation; afterwards everything on screen is fetched anew, since almost any of it may have changed. */
export function useGqlMutation<TResult, TVariables>(document: TypedDocumentString<TResult, TVariables>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (variables: TVariables) => request(document, variables),
    onSettled: () => client.invalidateQueries(),
  })
}
