import type { ReactNode } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import { SkeletonRows } from './basics'
import { ErrorView } from './ErrorView'

/**
 * The three faces of a query: skeleton, error, content. Data once shown stays while a refetch fails, under a notice:
 * a server restart must not blank the page. An error thrown by `children` (a typed refusal) is shown likewise.
 */
export function QueryView<T>(props: {
  query: UseQueryResult<T, Error>
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query } = props
  if (query.data === undefined) {
    if (query.error) return <ErrorView error={query.error} />
    return props.skeleton ?? <SkeletonRows />
  }
  let content: ReactNode
  try {
    content = props.children(query.data)
  } catch (error) {
    return <ErrorView error={error} />
  }
  return (
    <>
      {query.error && (
        <ErrorView error={query.error} title="Showing the last answer: the server did not give a new one" />
      )}
      {content}
    </>
  )
}
