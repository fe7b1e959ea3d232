import { expect, test } from 'vitest'
import { inheritedTags, withDownstream } from './stepSelection'

const steps = [
  { key: 'load', dependsOn: ['clean'] },
  { key: 'extract', dependsOn: [] },
  { key: 'clean', dependsOn: ['extract'] },
  { key: 'other', dependsOn: ['extract'] },
]

test('a step is taken with all that depends on it, however the plan lists them', () => {
  expect(withDownstream(steps, 'clean')).toEqual(['load', 'clean'])
  expect(withDownstream(steps, 'extract')).toEqual(['load', 'extract', 'clean', 'other'])
  expect(withDownstream(steps, 'load')).toEqual(['load'])
})

test('the partition and the tags of the user are kept, what Dagster noted about the parent is not', () => {
  const tags = ['team', 'dagster/partition', 'dagster/parent_run_id', '.dagster/grpc_info', 'dagster/run_key']
  expect(inheritedTags(tags.map((key) => ({ key, value: 'x' }))).map((tag) => tag.key)).toEqual([
    'team',
    'dagster/partition',
  ])
})
