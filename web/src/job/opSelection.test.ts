import { expect, test } from 'vitest'
import { parseOpSelection, unknownOps } from './opSelection'

test('an op selection is read with commas or spaces, and a star alone means everything', () => {
  expect(parseOpSelection(' weigh*, +roast  bag,bag ')).toEqual(['weigh*', '+roast', 'bag'])
  expect(parseOpSelection('*')).toEqual([])
})

test('names that no op has are told, without their marks', () => {
  expect(unknownOps(['*weigh', 'inner.fan++', 'nope*'], ['weigh', 'inner.fan'])).toEqual(['nope'])
})
