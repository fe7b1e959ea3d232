import { ApiError, remedy, type PythonErrorLike } from '../graphql/errors'

/** The chain of a Python error, innermost last, as Python prints it. */
export function pythonTrace(error: PythonErrorLike): string {
  const own = `${error.message.trimEnd()}\n${(error.stack ?? []).length ? `\n${(error.stack ?? []).join('')}` : ''}`
  const chain = (error.errorChain ?? []).map(
    (link) =>
      `\n${link.isExplicitLink ? 'The above was caused by:' : 'The above happened while handling:'}\n\n${pythonTrace(link.error)}`,
  )
  return own + chain.join('')
}

export function PythonErrorView({ error, title }: { error: PythonErrorLike; title?: string }) {
  const first = error.message.trim().split('\n')[0]
  return (
    <div className="error" role="alert">
      <h3>{title ?? error.className ?? 'Python error'}</h3>
      <p>{first}</p>
      <pre className="stacktrace" tabIndex={0}>
        {pythonTrace(error)}
      </pre>
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
      {python && (
        <pre className="stacktrace" tabIndex={0}>
          {pythonTrace(python)}
        </pre>
      )}
    </div>
  )
}
