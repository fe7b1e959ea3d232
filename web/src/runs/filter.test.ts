import { describe, expect, it } from 'vitest'
import { parseRunQuery, toRunsFilter, withTag } from './filter'

describe('the runs filter', () => {
  it('reads jobs, tags, quoted values and run ids', () => {
    expect(parseRunQuery('job:nightly tag:team=data "tag:note=two words"')).toEqual({
      job: 'nightly',
      ids: [],
      tags: [
        { key: 'team', value: 'data' },
        { key: 'note', value: 'two words' },
      ],
    })
    expect(parseRunQuery('0b0d7c4e-5a51-4f0e-9c53-0e3c1e9d2a11').ids).toHaveLength(1)
    expect(parseRunQuery('nightly').job).toBe('nightly')
  })

  it('keeps colons and equal signs inside tag values', () => {
    expect(parseRunQuery('tag:url=http://x/?a=b').tags).toEqual([{ key: 'url', value: 'http://x/?a=b' }])
  })

  it('becomes a graphql filter with a time window of whole minutes', () => {
    expect(toRunsFilter('', 'failure', '1h', 7261)).toEqual({ statuses: ['FAILURE'], createdAfter: 3660 })
    expect(toRunsFilter('', '', '', 0)).toEqual({})
  })

  it('adds a tag once', () => {
    const once = withTag('job:a', 'note', 'two words')
    expect(once).toBe('job:a "tag:note=two words"')
    expect(withTag(once, 'note', 'two words')).toBe(once)
  })
})
