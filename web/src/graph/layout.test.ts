import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { layoutGraph } from './layout'

const nodes = (...ids: string[]) => ids.map((id) => ({ id }))
const edges = (...pairs: string[]) => pairs.map((pair) => ({ from: pair[0]!, to: pair[1]! }))

describe('the layered layout', () => {
  it('puts every node right of what it depends on', () => {
    const layout = layoutGraph(nodes('a', 'b', 'c', 'd'), edges('ab', 'bc', 'ad', 'dc'))
    const x = (id: string) => layout.nodes.get(id)!.x
    expect(x('a')).toBeLessThan(x('b'))
    expect(x('b')).toBeLessThan(x('c'))
    expect(x('b')).toBe(x('d'))
  })

  it('draws a chain as a straight line', () => {
    const layout = layoutGraph(nodes('a', 'b', 'c'), edges('ab', 'bc'))
    expect(new Set([...layout.nodes.values()].map((point) => point.y)).size).toBe(1)
  })

  it('survives cycles, self loops, double and dangling edges', () => {
    const layout = layoutGraph(nodes('a', 'b'), edges('ab', 'ba', 'aa', 'ab', 'ax'))
    expect(layout.nodes.size).toBe(2)
    expect(layout.edges.length).toBeGreaterThan(0)
  })

  it('bends long edges around the nodes between', () => {
    const layout = layoutGraph(nodes('a', 'b', 'c'), edges('ab', 'bc', 'ac'))
    const long = layout.edges.find((edge) => edge.from === 'a' && edge.to === 'c')!
    expect(long.points).toHaveLength(4)
    expect(Math.abs(long.points[1]!.y - layout.nodes.get('b')!.y)).toBeGreaterThan(31)
  })

  it('never lets nodes overlap, and is quick for thousands', () => {
    const count = 5000
    const many = Array.from({ length: count }, (_, index) => ({ id: `n${index}`, group: `g${index % 20}` }))
    const links = many.slice(50).flatMap((node, index) => [
      { from: `n${index}`, to: node.id },
      { from: `n${(index * 7) % (index + 50)}`, to: node.id },
    ])
    // Twice the nodes may not take four times as long; how long it takes at all depends on what else the machine does.
    const timed = (part: number) => {
      const started = process.cpuUsage()
      const layout = layoutGraph(many.slice(0, part), links.slice(0, 2 * (part - 50)))
      return { layout, time: process.cpuUsage(started).user }
    }
    timed(count / 4)
    const half = Math.min(timed(count / 2).time, timed(count / 2).time)
    const { layout, time } = timed(count)
    expect(time).toBeLessThan(half * 4)
    const columns = new Map<number, number[]>()
    for (const { x, y } of layout.nodes.values()) columns.set(x, [...(columns.get(x) ?? []), y])
    for (const column of columns.values()) {
      column.sort((a, b) => a - b)
      for (let index = 1; index < column.length; index++)
        expect(column[index]! - column[index - 1]!).toBeGreaterThanOrEqual(62)
    }
  }, 60_000)

  it('stacks components and fills a grid with single nodes', () => {
    const layout = layoutGraph(nodes('a', 'b', 'x', 'y', 'z'), edges('ab'))
    expect(layout.nodes.get('x')!.y).toBeGreaterThan(layout.nodes.get('a')!.y)
  })
})
