import { describe, expect, it } from 'vitest'
import { spans, statesOf, statesOf2D } from './partitions'

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
  })
})
