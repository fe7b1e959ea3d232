/** The camera over a graph: what part of it is seen, and how pointer positions map to it. Pure. */
import type { Point } from './layout'

export interface View {
  /** Screen = graph * scale + offset. */
  scale: number
  x: number
  y: number
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

export const minScale = 0.01
export const maxScale = 2

export function toGraph(view: View, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale }
}

/** Zooms by `factor` and keeps the graph point under `at` where it is. */
export function zoomAt(view: View, at: Point, factor: number): View {
  const scale = Math.min(maxScale, Math.max(minScale, view.scale * factor))
  const held = toGraph(view, at)
  return { scale, x: at.x - held.x * scale, y: at.y - held.y * scale }
}

export function visibleBox(view: View, width: number, height: number, margin = 0): Box {
  const a = toGraph(view, { x: -margin, y: -margin })
  const b = toGraph(view, { x: width + margin, y: height + margin })
  return { left: a.x, top: a.y, right: b.x, bottom: b.y }
}

export function fit(box: Box, width: number, height: number, padding = 40, limit = 1): View {
  const [w, h] = [Math.max(1, box.right - box.left), Math.max(1, box.bottom - box.top)]
  const scale = Math.max(minScale, Math.min(limit, (width - 2 * padding) / w, (height - 2 * padding) / h))
  return {
    scale,
    x: (width - w * scale) / 2 - box.left * scale,
    y: (height - h * scale) / 2 - box.top * scale,
  }
}

/** A grid over points, so that looking for what is in a box costs what is in it. */
export class PointGrid {
  private readonly cells = new Map<string, string[]>()
  private readonly points: ReadonlyMap<string, Point>
  private readonly cell: number

  constructor(points: ReadonlyMap<string, Point>, cell = 600) {
    this.points = points
    this.cell = cell
    for (const [id, point] of points) {
      const key = this.key(point.x, point.y)
      const list = this.cells.get(key)
      if (list) list.push(id)
      else this.cells.set(key, [id])
    }
  }

  private key(x: number, y: number): string {
    return `${Math.floor(x / this.cell)},${Math.floor(y / this.cell)}`
  }

  within(box: Box): string[] {
    const columns = Math.floor(box.right / this.cell) - Math.floor(box.left / this.cell) + 1
    const rows = Math.floor(box.bottom / this.cell) - Math.floor(box.top / this.cell) + 1
    const inside = (id: string) => {
      const { x, y } = this.points.get(id)!
      return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom
    }
    if (columns * rows > this.cells.size) return [...this.points.keys()].filter(inside)
    const found: string[] = []
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        const ids = this.cells.get(this.key(box.left + column * this.cell, box.top + row * this.cell))
        if (ids) for (const id of ids) if (inside(id)) found.push(id)
      }
    }
    return found
  }
}
