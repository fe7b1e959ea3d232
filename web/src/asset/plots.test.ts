import { expect, it } from 'vitest'
import type { AssetEventFragment } from '../graphql/generated/graphql'
import { niceScale } from '../ui/LinePlot'
import { numericSeries } from './plots'

const event = (at: number, metadataEntries: object[]) =>
  ({ timestamp: String(at * 1000), metadataEntries }) as unknown as AssetEventFragment
const int = (label: string, intValue: number | null, intRepr = '') => ({
  __typename: 'IntMetadataEntry',
  label,
  intValue,
  intRepr,
})

it('makes a series of every numeric label seen twice, oldest first', () => {
  const series = numericSeries([
    event(3, [int('rows', 30), int('once', 1)]),
    event(1, [int('rows', 10), { __typename: 'TextMetadataEntry', label: 'note', text: 'x' }]),
    event(2, [int('rows', null, '99999999999')]),
  ])
  expect(series.map((each) => each.label)).toEqual(['rows'])
  expect(series[0]!.points.map((point) => point.value)).toEqual([10, 99999999999, 30])
})

it('puts round numbers on the axis, also for a constant', () => {
  expect(niceScale(0, 97).ticks).toEqual([0, 50, 100])
  expect(niceScale(5, 5).min).toBeLessThan(5)
  expect(niceScale(0, 0).max).toBeGreaterThan(0)
})
