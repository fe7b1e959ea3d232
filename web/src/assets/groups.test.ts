import { expect, it } from 'vitest'
import { groupColours } from './groups'

const hueOf = (colour: string) => Number(/ (\d+)\)$/.exec(colour)![1])

it('gives a dozen groups hues which the eye tells apart', () => {
  const names = Array.from({ length: 12 }, (_, index) => `group${index}`)
  const hues = [...groupColours(names).values()].map(hueOf).sort((a, b) => a - b)
  const gaps = hues.map((hue, index) => (hue - hues.at(index - 1)! + 360) % 360)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(19)
})

it('tells apart the groups of the quickstart, whose hashed hues were equal', () => {
  const colours = groupColours(['raw', 'clean', 'reports'])
  const distance = Math.abs(hueOf(colours.get('raw')!) - hueOf(colours.get('clean')!))
  expect(Math.min(distance, 360 - distance)).toBeGreaterThan(60)
})

it('gives equal names equal colours whatever the order', () => {
  expect(groupColours(['b', 'a', 'b'])).toEqual(groupColours(['a', 'b']))
})
