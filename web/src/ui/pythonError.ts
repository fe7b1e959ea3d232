/** A Python error as people read it: what went wrong at the bottom, and the stack frames of their own code. Pure. */
import type { PythonErrorLike } from '../graphql/errors'

/** The exception at the end of the chain: the user's own rather than Dagster's around it. */
export function rootCause(error: PythonErrorLike): PythonErrorLike {
  return error.errorChain?.at(-1)?.error ?? error
}

/** The first line of what went wrong at the bottom: the user's own exception rather than Dagster's around it. */
export function causeLine(error: PythonErrorLike | null | undefined): string | undefined {
  return error ? rootCause(error).message.trim().split('\n')[0] || undefined : undefined
}

const framePath = /^\s*File "([^"]+)"/

/** Frames of Dagster itself and of Python's standard library: rarely what one has to mend. */
export function isForeignFrame(frame: string): boolean {
  const path = framePath.exec(frame)?.[1]
  if (path === undefined) return false
  return /[\\/](site|dist)-packages[\\/]dagster|[\\/]lib[\\/]python3[^\\/]*[\\/](?!site-packages|dist-packages)|<frozen /.test(
    path,
  )
}

export interface Trace {
  text: string
  /** Frames left out. */
  hidden: number
}

function part(error: PythonErrorLike, ownOnly: boolean): Trace {
  const stack = error.stack ?? []
  const shown = ownOnly ? stack.filter((frame) => !isForeignFrame(frame)) : stack
  const frames = shown.length > 0 ? `\n${shown.join('')}` : ''
  return { text: `${error.message.trimEnd()}\n${frames}`, hidden: stack.length - shown.length }
}

/** The chain of a Python error, innermost last, as Python prints it. */
export function pythonTrace(error: PythonErrorLike, ownOnly = false): Trace {
  const parts = [
    part(error, ownOnly),
    ...(error.errorChain ?? []).map((link) => {
      const inner = pythonTrace(link.error, ownOnly)
      const why = link.isExplicitLink ? 'The above was caused by:' : 'The above happened while handling:'
      return { ...inner, text: `\n${why}\n\n${inner.text}` }
    }),
  ]
  return {
    text: parts.map((each) => each.text).join(''),
    hidden: parts.reduce((sum, each) => sum + each.hidden, 0),
  }
}
