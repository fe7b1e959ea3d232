import { describe, expect, it } from 'vitest'
import { keyStates, multiKey, spans, statesOf, statesOf2D } from './partitions'

const keys = ['d1', 'd2', 'd3', 'd4']

describe('partition states', () => {
  it('come from ranges for time partitions', () => {
    const states = statesOf(
      {
        __typename: 'TimePartitionStatuses',
        ranges: [
          { startKey: 'd1', endKey: 'd2', status: 'MATERIALIZED' },
          { startKey: 'd3', endKey: 'd3', status: 'FAILED' },
          { startKey: 'gone', endKey: 'd4', status: 'FAILED' },
        ],
      },
      keys,
    )
    expect(states).toEqual(['materialized', 'materialized', 'failed', 'missing'])
    expect(spans(states)).toHaveLength(3)
  })

  it('come from lists otherwise, the most urgent last', () => {
    const statuses = {
      __typename: 'DefaultPartitionStatuses' as const,
      materializedPartitions: ['d1', 'd2'],
      failedPartitions: ['d2', 'unknown'],
      materializingPartitions: ['d4'],
    }
    expect(statesOf(statuses, keys)).toEqual(['materialized', 'failed', 'missing', 'materializing'])
    const multi = {
      __typename: 'MultiPartitionStatuses' as const,
      primaryDimensionName: 'x',
      ranges: [{ primaryDimStartKey: 'b', primaryDimEndKey: 'b', secondaryDim: statuses }],
    }
    expect(statesOf2D(multi, ['a', 'b'], keys)[0]).toEqual(['missing', 'missing', 'missing', 'missing'])
    expect(statesOf2D(multi, ['a', 'b'], keys)[1]![1]).toBe('failed')
    const dimension = (name: string, partitionKeys: string[]) =>
      ({ name, type: 'STATIC', partitionKeys }) as const
    const listed = keyStates({
      assetPartitionStatuses: multi,
      partitionKeysByDimension: [dimension('x', ['a', 'b']), dimension('day', keys)],
    })
    expect(listed).toHaveLength(8)
    expect(listed[0]).toEqual({ key: 'd4|b', state: 'materializing' })
  })

  it('are listed newest first, and keys of several dimensions joined by the order of names', () => {
    const listed = keyStates({
      assetPartitionStatuses: {
        __typename: 'TimePartitionStatuses',
        ranges: [{ startKey: 'd1', endKey: 'd1', status: 'MATERIALIZED' }],
      },
      partitionKeysByDimension: [{ name: 'default', type: 'TIME_WINDOW', partitionKeys: keys }],
    })
    expect(listed.map((each) => each.key)).toEqual(['d4', 'd3', 'd2', 'd1'])
    expect(listed.at(-1)!.state).toBe('materialized')
    expect(
      multiKey([
        ['region', 'eu'],
        ['day', '2026-01-01'],
      ]),
    ).toBe('2026-01-01|eu')
  })
})
