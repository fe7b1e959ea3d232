import { describe, expect, it } from 'vitest'
import { score, search } from './palette'

describe('the command palette', () => {
  const commands = ['raw_orders', 'orders', 'reports/weekly', 'weekly_orders'].map((title) => ({
    title,
    kind: 'asset',
    path: title,
  }))

  it('puts a match at the start before one inside', () => {
    expect(search(commands, 'orders').map((c) => c.title)[0]).toBe('orders')
  })

  it('needs every word', () => {
    expect(search(commands, 'weekly ord').map((c) => c.title)).toEqual(['weekly_orders'])
  })

  it('accepts letters in order when nothing better fits', () => {
    expect(score('raw_orders', 'rwo')).toBeDefined()
    expect(score('raw_orders', 'xyz')).toBeUndefined()
  })

  it('shows the pages when nothing is typed', () => {
    expect(search(commands, ' ', 2)).toHaveLength(2)
  })
})
