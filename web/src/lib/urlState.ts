/** State that lives in the address: filters, tabs, selections. Empty values leave the address. */
import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

export type Params = Record<string, string | undefined>

/** Applies changes to a query string; `undefined` and '' remove a parameter. */
export function applyParams(current: URLSearchParams, changes: Params): URLSearchParams {
  const next = new URLSearchParams(current)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  return next
}

export function useUrlParams(): [URLSearchParams, (changes: Params, options?: { push?: boolean }) => void] {
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (changes: Params, options?: { push?: boolean }) =>
      setParams((current) => applyParams(current, changes), { replace: !options?.push }),
    [setParams],
  )
  return [params, change]
}
