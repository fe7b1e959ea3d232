import { useState } from 'react'
import { ApiError, remedy, type PythonErrorLike } from '../graphql/errors'
import { Button, CopyText } from './basics'
import { pythonTrace, rootCause } from './pythonError'

/** The stack: the user's own frames first, everything on request. */
function Stack({ error }: { error: PythonErrorLike }) {
  const [all, setAll] = useState(false)
  const own = pythonTrace(error, true)
  const full = pythonTrace(error)
  const { text } = all ? full : own
  return (
    <>
      <pre className="stacktrace" tabIndex={0}>
        {text}
      </pre>
      <div className="row stack-actions">
        {own.hidden > 0 && (
          <Button small look="quiet" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? 'Only frames of own code' : `Show ${own.hidden} frames of Dagster and Python`}
          </Button>
        )}
        <CopyText text={full.text} shown="Copy" />
      </div>
    </>
  )
}

export function PythonErrorView({ error, title }: { error: PythonErrorLike; title?: string }) {
  const cause = rootCause(error)
  return (
    <div className="error" role="alert">
      <h3>{title ?? error.className ?? 'Python error'}</h3>
      <p>{cause.message.trim().split('\n')[0]}</p>
      <Stack error={error} />
    </div>
  )
}

export function ErrorView({ error, title }: { error: unknown; title?: string }) {
  const python = error instanceof ApiError ? error.python : undefined
  return (
    <div className="error" role="alert">
      <h3>{title ?? 'This could not be loaded'}</h3>
      <p>{error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n') : String(error)}</p>
      <p className="soft">{remedy(error)}</p>
      {python && <Stack error={python} />}
    </div>
  )
}
