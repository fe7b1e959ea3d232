import { expect, test } from 'vitest'
import { causeLine, isForeignFrame, pythonTrace, rootCause } from './pythonError'

const frame = (path: string) => `  File "${path}", line 3, in work\n    go()\n`
const dagster = frame('/venv/lib/python3.11/site-packages/dagster/_core/execution.py')
const standard = frame('/usr/lib/python3.11/contextlib.py')
const library = frame('/venv/lib/python3.11/site-packages/pandas/io.py')
const own = frame('/code/assets.py')

test('frames of Dagster and of the standard library are foreign, those of the user and of libraries are not', () => {
  expect([dagster, standard, library, own].map(isForeignFrame)).toEqual([true, true, false, false])
  expect(isForeignFrame(frame('<frozen importlib._bootstrap>'))).toBe(true)
  expect(isForeignFrame('Traceback (most recent call last):')).toBe(false)
})

const error = {
  message: 'dagster.StepError: step failed\n',
  stack: [dagster, standard],
  errorChain: [{ isExplicitLink: true, error: { message: 'ValueError: bad row\n', stack: [dagster, own] } }],
}

test('the own frames are kept and the rest is counted', () => {
  const { text, hidden } = pythonTrace(error, true)
  expect(hidden).toBe(3)
  expect(text).toContain('/code/assets.py')
  expect(text).not.toContain('_core')
  expect(text).toContain('The above was caused by:\n\nValueError: bad row')
  expect(pythonTrace(error)).toEqual({ text: expect.stringContaining('contextlib') as string, hidden: 0 })
})

test('the root cause is the last of the chain, or the error itself', () => {
  expect(rootCause(error).message).toBe('ValueError: bad row\n')
  expect(rootCause({ message: 'alone' }).message).toBe('alone')
})

test('tells the exception of the user, not the one around it', () => {
  const cause = { isExplicitLink: true, error: { message: 'ValueError: no beans\n' } }
  expect(causeLine({ message: 'DagsterExecutionStepExecutionError: …', errorChain: [cause] })).toBe(
    'ValueError: no beans',
  )
  expect(causeLine({ message: 'TimeoutError\nline two', errorChain: [] })).toBe('TimeoutError')
  expect(causeLine(null)).toBeUndefined()
})
