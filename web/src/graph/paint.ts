/** Draws a graph on a canvas. Knows colours and geometry only; what nodes mean is the caller's business. */
import type { Layout, PlacedEdge } from './layout'
import type { View } from './view'
import { visibleBox, type PointGrid } from './view'

export interface Palette {
  surface: string
  line: string
  edge: string
  ink: string
  muted: string
  accent: string
}

const tokens: Record<keyof Palette, string> = {
  surface: '--surface',
  line: '--line',
  edge: '--edge',
  ink: '--ink',
  muted: '--ink-3',
  accent: '--accent',
}

/** Design tokens as colours a canvas understands (light-dark() is resolved by the browser for us). */
export function resolveColours<T extends string>(
  element: HTMLElement,
  wanted: Record<T, string>,
): Record<T, string> {
  const probe = document.createElement('span')
  probe.hidden = true
  element.append(probe)
  const result = {} as Record<T, string>
  for (const name of Object.keys(wanted) as T[]) {
    const value = wanted[name]
    probe.style.color = value.startsWith('--') ? `var(${value})` : value
    result[name] = getComputedStyle(probe).color
  }
  probe.remove()
  return result
}

export function resolvePalette(element: HTMLElement): Palette {
  return resolveColours(element, tokens)
}

export interface NodePaint {
  label: string
  colour: string
  status?: string
}

/** A named area behind nodes. */
export interface PaintedBox {
  name: string
  x: number
  y: number
  width: number
  height: number
  colour: string
}

export interface Scene {
  layout: Layout
  boxes: readonly PaintedBox[]
  grid: PointGrid
  edgeBoxes: Float64Array
  nodeWidth: number
  nodeHeight: number
  paint: (id: string) => NodePaint
  /** Ids to stress; everything else fades. */
  focus?: ReadonlySet<string>
  /** From this scale on nodes are DOM cards and the canvas draws only edges. */
  cardScale: number
}

/** Bounding boxes of edges, four numbers each, to skip what is out of sight. */
export function edgeBoxes(edges: readonly PlacedEdge[]): Float64Array {
  const boxes = new Float64Array(edges.length * 4)
  edges.forEach((edge, index) => {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
    for (const { x, y } of edge.points) {
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
    boxes.set([left, top, right, bottom], index * 4)
  })
  return boxes
}

function trace(context: CanvasRenderingContext2D, edge: PlacedEdge) {
  const [first, ...rest] = edge.points
  context.moveTo(first!.x, first!.y)
  let from = first!
  for (const to of rest) {
    const bend = Math.max(20, Math.abs(to.x - from.x) / 2)
    if (from.y === to.y) context.lineTo(to.x, to.y)
    else context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y)
    from = to
  }
}

export function draw(canvas: HTMLCanvasElement, scene: Scene, view: View, palette: Palette) {
  const context = canvas.getContext('2d')
  if (!context) return
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y)
  drawBoxes(context, scene, view, palette)
  drawEdges(context, scene, view, palette, width, height)
  if (view.scale < scene.cardScale) drawNodes(context, scene, view, palette, width, height)
}

function drawBoxes(context: CanvasRenderingContext2D, scene: Scene, view: View, palette: Palette) {
  // From afar names stay readable as long as they fit into their box.
  const fontSize = Math.min(40, Math.max(14, 12 / view.scale))
  context.font = `600 ${fontSize}px system-ui, sans-serif`
  context.textBaseline = 'middle'
  context.lineWidth = 1 / view.scale
  for (const box of scene.boxes) {
    context.beginPath()
    context.roundRect(box.x, box.y, box.width, box.height, 14)
    context.globalAlpha = 0.1
    context.fillStyle = box.colour
    context.fill()
    context.globalAlpha = 0.55
    context.strokeStyle = box.colour
    context.stroke()
    context.globalAlpha = 1
    context.fillStyle = palette.ink
    context.fillText(clip(context, box.name, box.width - 32), box.x + 16, box.y + 26)
  }
}

function drawEdges(
  context: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  palette: Palette,
  width: number,
  height: number,
) {
  const box = visibleBox(view, width, height)
  const { edges } = scene.layout
  const thin = Math.max(1, 1.2 / view.scale) * (view.scale < 0.15 ? 0.6 : 1)
  const stressed: PlacedEdge[] = []
  context.lineWidth = thin
  context.strokeStyle = palette.edge
  context.globalAlpha = scene.focus ? 0.35 : 0.9
  context.beginPath()
  edges.forEach((edge, index) => {
    const at = index * 4
    const boxes = scene.edgeBoxes
    if (
      boxes[at]! > box.right ||
      boxes[at + 2]! < box.left ||
      boxes[at + 1]! > box.bottom ||
      boxes[at + 3]! < box.top
    )
      return
    if (scene.focus?.has(edge.from) && scene.focus.has(edge.to)) stressed.push(edge)
    else trace(context, edge)
  })
  context.stroke()
  context.globalAlpha = 1
  if (stressed.length === 0) return
  context.beginPath()
  context.strokeStyle = palette.accent
  context.lineWidth = thin * 1.6
  for (const edge of stressed) trace(context, edge)
  context.stroke()
}

function drawNodes(
  context: CanvasRenderingContext2D,
  scene: Scene,
  view: View,
  palette: Palette,
  width: number,
  height: number,
) {
  const { nodeWidth: w, nodeHeight: h } = scene
  const ids = scene.grid.within(visibleBox(view, width, height, 200 * view.scale))
  const labels = view.scale > 0.22
  const fontSize = Math.min(26, Math.max(15, 11 / view.scale))
  context.font = `560 ${fontSize}px system-ui, sans-serif`
  context.textBaseline = 'middle'
  for (const id of ids) {
    const { x, y } = scene.layout.nodes.get(id)!
    const { label, colour, status } = scene.paint(id)
    const faded = scene.focus !== undefined && !scene.focus.has(id)
    context.globalAlpha = faded ? 0.22 : 1
    context.beginPath()
    context.roundRect(x - w / 2, y - h / 2, w, h, 9)
    context.fillStyle = labels ? palette.surface : colour
    context.fill()
    if (labels) {
      context.strokeStyle = palette.line
      context.lineWidth = 1 / view.scale
      context.stroke()
      context.fillStyle = colour
      context.fillRect(x - w / 2 + 1, y - h / 2 + 8, 5, h - 16)
      context.fillStyle = palette.ink
      context.fillText(clip(context, label, w - 34 - fontSize), x - w / 2 + 16, y)
    }
    if (status) {
      context.beginPath()
      const radius = labels ? fontSize * 0.42 : h * 0.34
      context.arc(labels ? x + w / 2 - 18 : x, y, radius, 0, Math.PI * 2)
      context.fillStyle = status
      context.fill()
      if (!labels) {
        context.lineWidth = 5
        context.strokeStyle = palette.surface
        context.stroke()
      }
    }
  }
  context.globalAlpha = 1
}

function clip(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return `${text.slice(0, low)}…`
}
