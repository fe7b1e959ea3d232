import { describe, expect, it } from 'vitest'
import { fit, PointGrid, toGraph, visibleBox, zoomAt } from './view'

describe('the camera', () => {
  it('keeps the point under the pointer while zooming', () => {
    const at = { x: 300, y: 200 }
    const before = { scale: 0.5, x: 40, y: -10 }
    const after = zoomAt(before, at, 1.7)
    expect(toGraph(after, at).x).toBeCloseTo(toGraph(before, at).x)
    expect(toGraph(after, at).y).toBeCloseTo(toGraph(before, at).y)
  })

  it('fits a box into the window without enlarging it', () => {
    const view = fit({ left: 0, top: 0, right: 100, bottom: 50 }, 1000, 800)
    expect(view.scale).toBe(1)
    const box = visibleBox(view, 1000, 800)
    expect(box.left).toBeLessThan(0)
    expect(box.right).toBeGreaterThan(100)
  })

  it('finds exactly the points in a box', () => {
    const points = new Map(
      Array.from({ length: 1000 }, (_, i) => [`${i}`, { x: (i % 40) * 310, y: Math.floor(i / 40) * 84 }]),
    )
    const grid = new PointGrid(points)
    const box = { left: 500, top: 300, right: 2500, bottom: 900 }
    const expected = [...points]
      .filter(([, p]) => p.x >= 500 && p.x <= 2500 && p.y >= 300 && p.y <= 900)
      .map(([id]) => id)
    expect(grid.within(box).sort()).toEqual(expected.sort())
  })
})
