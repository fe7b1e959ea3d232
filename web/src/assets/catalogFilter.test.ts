import { expect, test } from 'vitest'
import { keyToId } from '../lib/names'
import { filterCatalog, inState } from './catalogFilter'

const node = (name: string, groupName = 'raw', kinds = ['python']) => ({
  assetKey: { path: [name] },
  groupName,
  kinds,
})

test('all words must occur, in the key, the group or the kinds', () => {
  const nodes = [node('orders'), node('orders_clean', 'clean'), node('users', 'raw', ['csv'])]
  const names = (text: string, group = '', kind = '') =>
    filterCatalog(nodes, { text, group, kind }).map((each) => each.assetKey.path[0])
  expect(names('orders clean')).toEqual(['orders_clean'])
  expect(names('', 'raw', 'csv')).toEqual(['users'])
})

test('a state is filtered by what is known, and the rest is counted', () => {
  const nodes = [node('a'), node('b'), node('c'), node('d')]
  const discs = new Map([
    [keyToId({ path: ['a'] }), 'failure' as const],
    [keyToId({ path: ['b'] }), 'queued' as const],
    [keyToId({ path: ['c'] }), 'running' as const],
  ])
  const found = inState(nodes, 'running', (id) => discs.get(id))
  expect(found.nodes.map((each) => each.assetKey.path[0])).toEqual(['b', 'c'])
  expect(found.unknown).toBe(1)
})
