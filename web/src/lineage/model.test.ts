import { describe, expect, it } from 'vitest'
import { buildGraph, neighbourhood, select, subgraph, type LineageNode } from './model'

const node = (name: string, deps: string[] = [], groupName = 'g'): LineageNode => ({
  id: name,
  assetKey: { path: [name] },
  groupName,
  kinds: ['python'],
  isExecutable: true,
  isMaterializable: true,
  isPartitioned: false,
  dependencyKeys: deps.map((path) => ({ path: [path] })),
  repository: { id: 'r', name: 'r', location: { id: 'l', name: 'l' } },
})
const id = (name: string) => JSON.stringify([name])
const names = (ids: Set<string>) => [...ids].map((each) => (JSON.parse(each) as string[])[0]).sort()

describe('the asset graph', () => {
  const graph = buildGraph([node('a'), node('b', ['a']), node('c', ['b', 'gone']), node('d', ['c'], 'h')])

  it('leaves out edges to assets that do not exist', () => {
    expect(graph.edges).toHaveLength(3)
  })

  it('finds neighbours by depth', () => {
    expect(names(neighbourhood(graph, id('b'), 1, 1))).toEqual(['a', 'b', 'c'])
  })

  it('keeps only edges inside a part', () => {
    expect(subgraph(graph, (each) => each !== id('b')).edges).toEqual([{ from: id('c'), to: id('d') }])
  })

  it('selects by name, group, kind, upstream and downstream', () => {
    expect(names(select(graph, '+c'))).toEqual(['a', 'b', 'c'])
    expect(names(select(graph, 'b+'))).toEqual(['b', 'c', 'd'])
    expect(names(select(graph, 'group:h a'))).toEqual(['a', 'd'])
    expect(names(select(graph, 'kind:python'))).toHaveLength(4)
    expect(names(select(graph, ''))).toEqual([])
  })
})
