import { describe, expect, it } from 'vitest'
import { duration, relative, utcTime } from './time'

describe('times as text', () => {
  it.each([
    [0.4, '0.40s'],
    [9.96, '10.0s'],
    [42, '42s'],
    [59.7, '1m 00s'],
    [184, '3m 04s'],
    [7500, '2h 05m'],
    [273_600, '3d 4h'],
    [-1, '0.00s'],
    [Number.NaN, '–'],
  ])('%s seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text))

  it('are told relative to now, forwards and backwards', () => {
    const now = 1_000_000_000
    expect(relative(now / 1000 - 2, now)).toBe('just now')
    expect(relative(now / 1000 - 240, now)).toBe('4 min ago')
    expect(relative(now / 1000 + 7200, now)).toBe('in 2 h')
  })

  it('have their UTC form for the tooltip', () => {
    expect(utcTime(1_700_000_000)).toBe('2023-11-14 22:13:20 UTC')
  })
})
