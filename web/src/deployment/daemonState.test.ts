import { expect, test } from 'vitest'
import { countErrors, daemonState, daemonTrouble } from './daemonState'

const daemon = (daemonType: string, healthy: boolean, errors = 0, required = true) => ({
  daemonType,
  healthy,
  required,
  lastHeartbeatErrors: Array.from({ length: errors }),
})

test('a daemon that reports errors runs nevertheless', () => {
  expect(daemonState(daemon('SENSOR', false, 1))).toBe('errors')
  expect(daemonState(daemon('SENSOR', false))).toBe('stopped')
  expect(daemonState(daemon('SENSOR', false, 0, false))).toBe('unneeded')
  expect(daemonState(daemon('SENSOR', true, 1))).toBe('running')
})

test('the worst trouble is told', () => {
  expect(daemonTrouble([daemon('SENSOR', true)])).toBeUndefined()
  expect(daemonTrouble([daemon('SENSOR', false, 2), daemon('ASSET', true)])?.text).toBe(
    'reports errors: sensor',
  )
  expect(daemonTrouble([daemon('SENSOR', false, 2), daemon('ASSET', false)])).toEqual({
    kind: 'failure',
    text: 'not running: asset',
  })
})

test('an error that repeats is told once, with how often', () => {
  const error = (message: string) => ({ message, stack: ['a', 'b'] })
  expect(countErrors([error('x'), error('y'), error('x')])).toEqual([
    { error: error('x'), count: 2 },
    { error: error('y'), count: 1 },
  ])
})
