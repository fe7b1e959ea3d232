import { expect, it } from 'vitest'
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
