import { describe, expect, it } from 'vitest'
import { combineKeys, keysToText, parseKeys, partitionTags, planLaunch, type LaunchNode } from './materialize'

const node = (name: string, change: Partial<LaunchNode> = {}): LaunchNode => ({
  id: name,
  assetKey: { path: [name] },
  jobNames: ['nightly', '__ASSET_JOB'],
  isExecutable: true,
  isMaterializable: true,
  isPartitioned: false,
  hasMaterializePermission: true,
  partitionDefinition: null,
  partitionKeysByDimension: [],
  repository: { id: 'r', name: '__repository__', location: { id: 'l', name: 'shop' } },
  ...change,
})

const daily = {
  isPartitioned: true,
  partitionDefinition: { name: null, type: 'TIME_WINDOW' as const, description: 'Daily' },
}

describe('launching assets', () => {
  it('runs them in the hidden asset job they share', () => {
    expect(planLaunch([node('a'), node('b')])).toMatchObject({
      kind: 'ready',
      job: '__ASSET_JOB',
      location: 'shop',
    })
    expect(planLaunch([node('a', { jobNames: ['x'] }), node('b', { jobNames: ['y'] })])).toMatchObject({
      kind: 'refused',
    })
  })

  it('leaves external assets out, and refuses when nothing is left', () => {
    expect(planLaunch([node('a'), node('e', { isMaterializable: false })])).toMatchObject({
      nodes: [{ id: 'a' }],
    })
    expect(planLaunch([node('e', { isMaterializable: false })]).kind).toBe('refused')
  })

  it('refuses two partition definitions and two repositories', () => {
    const weekly = { ...daily, partitionDefinition: { ...daily.partitionDefinition, description: 'Weekly' } }
    expect(planLaunch([node('a', daily), node('b', weekly)]).kind).toBe('refused')
    expect(planLaunch([node('a', daily), node('b')]).kind).toBe('ready')
    const other = { repository: { id: 'x', name: 'x', location: { id: 'x', name: 'x' } } }
    expect(planLaunch([node('a'), node('b', other)]).kind).toBe('refused')
  })
})

describe('partition keys', () => {
  const keys = ['d1', 'd2', 'd3', 'd4', 'd5']
  const dimensions = [
    { name: 'day', type: 'TIME_WINDOW' as const, partitionKeys: keys },
    { name: 'country', type: 'STATIC' as const, partitionKeys: ['de', 'fr'] },
  ]

  it('are read from ranges and written as ranges', () => {
    expect(parseKeys('d2...d3, d5', keys)).toEqual({ picked: ['d2', 'd3', 'd5'], unknown: [] })
    expect(parseKeys('d3...d2, nope', keys)).toEqual({ picked: [], unknown: ['d3...d2', 'nope'] })
    expect(keysToText(['d2', 'd3', 'd5'], keys)).toBe('d2...d3, d5')
    expect(keysToText([], keys)).toBe('')
  })

  it('combine over dimensions in alphabetical order', () => {
    expect(combineKeys(dimensions, { day: ['d1', 'd2'], country: ['fr'] })).toEqual(['fr|d1', 'fr|d2'])
    expect(partitionTags(dimensions, 'fr|d1')).toEqual([
      { key: 'dagster/partition', value: 'fr|d1' },
      { key: 'dagster/partition/country', value: 'fr' },
      { key: 'dagster/partition/day', value: 'd1' },
    ])
    expect(partitionTags(dimensions.slice(0, 1), 'd1')).toHaveLength(1)
  })
})
