import { describe, expect, it } from 'vitest'
import { buildGraph, type LineageNode } from './model'
import { nodeHeight, nodeWidth, selectAround, selectGroup, toDrawing } from './serverLayout'

const node = (name: string, deps: string[] = []): LineageNode => ({
  id: name,
  assetKey: { path: [name] },
  groupName: 'g',
  kinds: [],
  isExecutable: true,
  isMaterializable: true,
  isPartitioned: false,
  dependencyKeys: deps.map((path) => ({ path: [path] })),
  repository: { id: 'r', name: 'r', location: { id: 'l', name: 'l' } },
})
const at = (name: string, x: number, y: number) => ({ assetKey: { path: [name] }, x, y })
const line = [
  { x: 0, y: 0 },
  { x: 9, y: 9 },
]
const answer = {
  width: 600,
  height: 100,
  nodes: [at('a', 0, 0), at('b', 300, 10), at('else', 0, 90)],
  edges: [
    { from: 0, to: 1, points: line },
    { from: 2, to: 1, points: line },
  ],
  groups: [],
}

describe('the drawing made of the answer of the server', () => {
  it('places nodes by their centres and leaves out what the graph does not have', () => {
    const drawing = toDrawing(answer, buildGraph([node('a'), node('b', ['a'])]))!
    expect([...drawing.layout.nodes.values()]).toEqual([
      { x: nodeWidth / 2, y: nodeHeight / 2 },
      { x: 300 + nodeWidth / 2, y: 10 + nodeHeight / 2 },
    ])
    expect(drawing.layout.edges).toEqual([{ from: '["a"]', to: '["b"]', points: line }])
  })

  it('is refused when an asset is missing, as after a reload of code', () => {
    expect(toDrawing(answer, buildGraph([node('a'), node('new')]))).toBeUndefined()
  })
})

it('selects in Dagster’s selection language', () => {
  expect(selectAround(['raw', 'orders'], 2)).toBe('2+key:"raw/orders"+2')
  expect(selectAround(['a"b'], Infinity)).toBe('+key:"a\\"b"+')
  expect(selectGroup('core')).toBe('group:"core"')
})
