import { expect, it } from 'vitest'
import { pythonTrace } from '../ui/ErrorView'
import { ApiError, expectType } from './errors'

it('narrows a union to its success, and throws everything else as what it is', () => {
  type Answer =
    | { __typename: 'Run'; id: string }
    | { __typename: 'PythonError'; message: string }
    | { __typename: 'RunNotFoundError' }
  const good = { __typename: 'Run', id: 'x' } as Answer
  expect(expectType(good, 'Run').id).toBe('x')
  const python = { __typename: 'PythonError', message: 'boom' } as Answer
  expect(() => expectType(python, 'Run')).toThrow(ApiError)
  const missing = { __typename: 'RunNotFoundError' } as Answer
  expect(() => expectType(missing, 'Run')).toThrow('run not found error')
})

it('prints the chain of a Python error', () => {
  const trace = pythonTrace({
    message: 'ImportError: x\n',
    stack: ['  File "a.py", line 1\n'],
    errorChain: [{ isExplicitLink: true, error: { message: 'KeyError: y', stack: [] } }],
  })
  expect(trace).toContain('File "a.py"')
  expect(trace).toContain('caused by:\n\nKeyError: y')
})
