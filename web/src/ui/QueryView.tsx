import type { ReactNode } from 'react'
import { Page } from '../app/Page'
import { ApiError } from '../graphql/errors'
import type { UseQueryResult } from '@tanstack/react-query'
import { SkeletonRows } from './basics'
import { ErrorView } from './ErrorView'

function isUnreachable(error: Error): boolean {
  return error instanceof ApiError && error.kind === 'unreachable'
}

/**
 * The three faces of a query: skeleton, error, content. Data once shown stays while a refetch fails, under a notice:
 * a server restart must not blank the page (that it is away is said once, above every page). An error thrown by
 * `children` (a typed refusal) is shown likewise.
 */
export function QueryView<T>(props: {
  query: UseQueryResult<T, Error>
  skeleton?: ReactNode
  /** For a query which makes up a whole page: what stands above skeleton and error. */
  pageTitle?: string
  children: (data: T) => ReactNode
}) {
  const { query, pageTitle } = props
  const framed = (content: ReactNode) =>
    pageTitle === undefined ? content : <Page title={pageTitle}>{content}</Page>
  if (query.data === undefined) {
    if (query.error) return framed(<ErrorView error={query.error} />)
    return framed(props.skeleton ?? <SkeletonRows rows={pageTitle === undefined ? 6 : 10} />)
  }
  let content: ReactNode
  try {
    content = props.children(query.data)
  } catch (error) {
    return framed(<ErrorView error={error} />)
  }
  return (
    <>
      {query.error && !isUnreachable(query.error) && (
        <ErrorView error={query.error} title="Showing the last answer: the server did not give a new one" />
      )}
      {content}
    </>
  )
}
