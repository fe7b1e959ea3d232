import { describe, expect, it } from 'vitest'
import {
  combineKeys,
  dynamicName,
  keyProblem,
  keysToText,
  launchOf,
  parseKeys,
  partitionTags,
  planLaunch,
  rangesOf,
  type LaunchNode,
  type Ready,
} from './materialize'

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
  partitionDefinition: {
    name: null,
    type: 'TIME_WINDOW' as const,
    description: 'Daily',
    dimensionTypes: [{ name: 'default', dynamicPartitionsDefinitionName: null }],
  },
  partitionKeysByDimension: [
    { name: 'default', type: 'TIME_WINDOW' as const, partitionKeys: ['d1', 'd2', 'd3', 'd4', 'd5'] },
  ],
}
const weekly = {
  ...daily,
  partitionDefinition: { ...daily.partitionDefinition, description: 'Weekly' },
  partitionKeysByDimension: [{ name: 'default', type: 'TIME_WINDOW' as const, partitionKeys: ['w1', 'w2'] }],
}

function plan(...nodes: LaunchNode[]): Ready {
  const made = planLaunch(nodes)
  if (made.kind !== 'ready') throw new Error(made.reason)
  return made
}

/** Launches with the given keys for each partitioning, in order. */
function launch(ready: Ready, ...keys: string[][]) {
  return launchOf(ready, new Map(ready.partitionings.map((each, index) => [each.id, keys[index] ?? []])))
}

describe('launching assets', () => {
  it('runs them in the hidden asset job they share', () => {
    expect(planLaunch([node('a'), node('b')])).toMatchObject({
      run: { job: '__ASSET_JOB', location: 'shop' },
    })
    expect(launch(plan(node('a')))).toMatchObject({ kind: 'run', partition: undefined })
  })

  it('leaves external assets out, and refuses when nothing is left', () => {
    expect(planLaunch([node('a'), node('e', { isMaterializable: false })])).toMatchObject({
      nodes: [{ id: 'a' }],
    })
    expect(planLaunch([node('e', { isMaterializable: false })]).kind).toBe('refused')
  })

  it('refuses what one may not materialize', () => {
    expect(planLaunch([node('a', { hasMaterializePermission: false })]).kind).toBe('refused')
  })

  it('waits for a choice of partitions, runs one and backfills several', () => {
    const both = plan(node('a', daily), node('b', daily))
    expect(launch(both, [])).toBeUndefined()
    expect(launch(both, ['d2'])).toMatchObject({ kind: 'run', partition: 'd2' })
    expect(launch(both, ['d2', 'd3'])).toEqual({
      kind: 'backfill',
      count: 2,
      params: { assetSelection: [{ path: ['a'] }, { path: ['b'] }], partitionNames: ['d2', 'd3'] },
    })
  })

  it('gives assets that are partitioned differently, or not at all, partitions of their own', () => {
    const mixed = plan(node('a', daily), node('b', weekly), node('c'))
    expect(mixed.run).toBeUndefined()
    expect(launch(mixed, ['d1', 'd2', 'd4'], [])).toBeUndefined()
    expect(launch(mixed, ['d1', 'd2', 'd4'], ['w1'])).toEqual({
      kind: 'backfill',
      count: 4,
      params: {
        partitionsByAssets: [
          {
            assetKey: { path: ['a'] },
            partitions: {
              ranges: [
                { start: 'd1', end: 'd2' },
                { start: 'd4', end: 'd4' },
              ],
            },
          },
          { assetKey: { path: ['b'] }, partitions: { ranges: [{ start: 'w1', end: 'w1' }] } },
          { assetKey: { path: ['c'] } },
        ],
      },
    })
  })

  it('backfills assets of several code locations, which no run can hold', () => {
    const other = { repository: { id: 'x', name: 'x', location: { id: 'x', name: 'x' } } }
    expect(launch(plan(node('a'), node('b', other)))).toMatchObject({
      kind: 'backfill',
      params: { partitionsByAssets: [{ assetKey: { path: ['a'] } }, { assetKey: { path: ['b'] } }] },
    })
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
    expect(keysToText(['d2', 'd3', 'd5'], dimensions[0]!)).toBe('d2...d3, d5')
    expect(keysToText([], dimensions[0]!)).toBe('')
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

  it('of several dimensions are ranges of one', () => {
    expect(rangesOf(dimensions, ['de|d1', 'de|d2'])).toEqual([
      { start: 'de|d1', end: 'de|d1' },
      { start: 'de|d2', end: 'de|d2' },
    ])
  })

  it('can be added where a dimension is dynamic', () => {
    const customers = node('a', {
      isPartitioned: true,
      partitionDefinition: {
        ...daily.partitionDefinition,
        dimensionTypes: [{ name: 'default', dynamicPartitionsDefinitionName: 'customers' }],
      },
    })
    expect(dynamicName(plan(customers).partitionings[0]!, 'default')).toBe('customers')
    expect(dynamicName(plan(node('a', daily)).partitionings[0]!, 'default')).toBeUndefined()
    expect(keyProblem('acme', [])).toBeUndefined()
    expect(keyProblem('acme', ['acme'])).toMatch('exists')
    expect(keyProblem('a...b', [])).toMatch('dots')
    expect(keyProblem('a\tb', [])).toMatch('control')
  })
})
