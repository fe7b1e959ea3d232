/**
 * A layered layout for directed graphs, left to right. Pure and deterministic.
 *
 * Cycles are broken at back edges; layers by longest path; long edges get bend points in the layers they cross; order
 * within a layer by barycentres; heights by least squares (pool adjacent violators) so that chains run straight.
 * Connected components are laid out on their own and stacked; single nodes fill a grid at the end.
 * Linear in nodes plus edge length, a few sweeps: 5,000 nodes take a fraction of a second.
 */
export interface LayoutNode {
  id: string
  /** Nodes of one group are kept together where edges do not decide. */
  group?: string
}

export interface LayoutEdge {
  from: string
  to: string
}

export interface Point {
  x: number
  y: number
}

export interface PlacedEdge extends LayoutEdge {
  points: Point[]
}

export interface Layout {
  /** Centres of the nodes. */
  nodes: Map<string, Point>
  edges: PlacedEdge[]
  width: number
  height: number
}

export interface LayoutOptions {
  nodeWidth: number
  nodeHeight: number
  gapX: number
  gapY: number
}

const defaults: LayoutOptions = { nodeWidth: 220, nodeHeight: 62, gapX: 90, gapY: 22 }
const maxBends = 60_000
const sweeps = 6

interface Slot {
  id: string | undefined
  layer: number
  order: number
  y: number
  up: Slot[]
  down: Slot[]
  group: string
}

export function layoutGraph(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  options: Partial<LayoutOptions> = {},
): Layout {
  const size = { ...defaults, ...options }
  const known = new Set(nodes.map((node) => node.id))
  const usable = edges.filter((edge) => edge.from !== edge.to && known.has(edge.from) && known.has(edge.to))
  const acyclic = breakCycles(nodes, usable)
  const components = splitComponents(nodes, acyclic)
  const result: Layout = { nodes: new Map(), edges: [], width: 0, height: 0 }
  const connected = components.filter((component) => component.nodes.length > 1)
  const single = components
    .filter((component) => component.nodes.length === 1)
    .map((component) => component.nodes[0]!)
  connected.sort((a, b) => b.nodes.length - a.nodes.length)
  for (const component of connected) {
    const part = layoutComponent(component.nodes, component.edges, size)
    const top = result.height === 0 ? 0 : result.height + size.gapY * 3
    for (const [id, point] of part.nodes) result.nodes.set(id, { x: point.x, y: point.y + top })
    for (const edge of part.edges) {
      result.edges.push({ ...edge, points: edge.points.map((point) => ({ x: point.x, y: point.y + top })) })
    }
    result.width = Math.max(result.width, part.width)
    result.height = top + part.height
  }
  placeSingles(single, result, size)
  return result
}

function placeSingles(nodes: LayoutNode[], result: Layout, size: LayoutOptions) {
  if (nodes.length === 0) return
  const top = result.height === 0 ? 0 : result.height + size.gapY * 3
  const [cellX, cellY] = [size.nodeWidth + size.gapY, size.nodeHeight + size.gapY]
  const columns = Math.max(
    Math.floor(result.width / cellX),
    Math.ceil(Math.sqrt((nodes.length * cellY) / cellX)),
    1,
  )
  const ordered = [...nodes].sort((a, b) => (a.group ?? '').localeCompare(b.group ?? ''))
  ordered.forEach((node, index) => {
    result.nodes.set(node.id, {
      x: (index % columns) * cellX + size.nodeWidth / 2,
      y: top + Math.floor(index / columns) * cellY + size.nodeHeight / 2,
    })
  })
  result.width = Math.max(result.width, Math.min(columns, nodes.length) * cellX)
  result.height = top + Math.ceil(nodes.length / columns) * cellY
}

/** Drops nothing: an edge that would close a cycle is turned around for the layout. */
function breakCycles(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): LayoutEdge[] {
  const outgoing = new Map<string, string[]>(nodes.map((node) => [node.id, []]))
  for (const edge of edges) outgoing.get(edge.from)!.push(edge.to)
  const state = new Map<string, 'open' | 'done'>()
  const back = new Set<string>()
  for (const { id: root } of nodes) {
    if (state.has(root)) continue
    const stack: { id: string; next: number }[] = [{ id: root, next: 0 }]
    state.set(root, 'open')
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const target = outgoing.get(top.id)![top.next++]
      if (target === undefined) {
        state.set(top.id, 'done')
        stack.pop()
      } else if (state.get(target) === 'open') back.add(`${top.id}\n${target}`)
      else if (!state.has(target)) {
        state.set(target, 'open')
        stack.push({ id: target, next: 0 })
      }
    }
  }
  if (back.size === 0) return [...edges]
  return edges.map((edge) => (back.has(`${edge.from}\n${edge.to}`) ? { from: edge.to, to: edge.from } : edge))
}

function splitComponents(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]) {
  const parent = new Map<string, string>(nodes.map((node) => [node.id, node.id]))
  const find = (id: string): string => {
    let root = id
    while (parent.get(root) !== root) root = parent.get(root)!
    while (parent.get(id) !== root) {
      const next = parent.get(id)!
      parent.set(id, root)
      id = next
    }
    return root
  }
  for (const edge of edges) parent.set(find(edge.from), find(edge.to))
  const components = new Map<string, { nodes: LayoutNode[]; edges: LayoutEdge[] }>()
  for (const node of nodes) {
    const root = find(node.id)
    const component = components.get(root) ?? { nodes: [], edges: [] }
    component.nodes.push(node)
    components.set(root, component)
  }
  for (const edge of edges) components.get(find(edge.from))!.edges.push(edge)
  return [...components.values()]
}

function assignLayers(slots: Map<string, Slot>) {
  const waiting = new Map<Slot, number>()
  const ready: Slot[] = []
  for (const slot of slots.values()) {
    waiting.set(slot, slot.up.length)
    if (slot.up.length === 0) ready.push(slot)
  }
  const order: Slot[] = []
  for (let slot = ready.pop(); slot; slot = ready.pop()) {
    order.push(slot)
    for (const next of slot.down) {
      next.layer = Math.max(next.layer, slot.layer + 1)
      const left = waiting.get(next)! - 1
      waiting.set(next, left)
      if (left === 0) ready.push(next)
    }
  }
  // Sources move next to their first consumer instead of all standing in the first column.
  for (const slot of order.reverse()) {
    if (slot.up.length === 0 && slot.down.length > 0)
      slot.layer = Math.min(...slot.down.map((next) => next.layer)) - 1
  }
}

function layoutComponent(nodes: LayoutNode[], edges: LayoutEdge[], size: LayoutOptions): Layout {
  const slots = new Map<string, Slot>()
  const newSlot = (id: string | undefined, layer: number, group: string): Slot => ({
    id,
    layer,
    order: 0,
    y: 0,
    up: [],
    down: [],
    group,
  })
  for (const node of nodes) slots.set(node.id, newSlot(node.id, 0, node.group ?? ''))
  const unique = [...new Map(edges.map((edge) => [`${edge.from}\n${edge.to}`, edge])).values()]
  for (const edge of unique) {
    slots.get(edge.from)!.down.push(slots.get(edge.to)!)
    slots.get(edge.to)!.up.push(slots.get(edge.from)!)
  }
  assignLayers(slots)

  const layers: Slot[][] = []
  const put = (slot: Slot) => (layers[slot.layer] ??= []).push(slot)
  for (const slot of slots.values()) put(slot)
  const total = unique.reduce(
    (sum, edge) => sum + slots.get(edge.to)!.layer - slots.get(edge.from)!.layer - 1,
    0,
  )
  const chains = new Map<LayoutEdge, Slot[]>()
  for (const slot of slots.values()) [slot.up, slot.down] = [[], []]
  for (const edge of unique) {
    const [from, to] = [slots.get(edge.from)!, slots.get(edge.to)!]
    const chain: Slot[] = []
    if (total <= maxBends) {
      for (let layer = from.layer + 1; layer < to.layer; layer++) {
        const bend = newSlot(undefined, layer, to.group)
        chain.push(bend)
        put(bend)
      }
    }
    const path = [from, ...chain, to]
    for (let index = 1; index < path.length; index++) {
      path[index - 1]!.down.push(path[index]!)
      path[index]!.up.push(path[index - 1]!)
    }
    chains.set(edge, chain)
  }

  const filled = Array.from(layers, (layer) => layer ?? [])
  orderLayers(filled)
  const height = placeHeights(filled, size)
  const x = (layer: number) => layer * (size.nodeWidth + size.gapX) + size.nodeWidth / 2
  const placed = new Map([...slots].map(([id, slot]) => [id, { x: x(slot.layer), y: slot.y }]))
  return {
    nodes: placed,
    edges: unique.map((edge) => {
      const [from, to] = [placed.get(edge.from)!, placed.get(edge.to)!]
      const bends = chains.get(edge)!.flatMap((slot) => [
        { x: x(slot.layer) - size.nodeWidth / 2, y: slot.y },
        { x: x(slot.layer) + size.nodeWidth / 2, y: slot.y },
      ])
      return {
        ...edge,
        points: [
          { x: from.x + size.nodeWidth / 2, y: from.y },
          ...bends,
          { x: to.x - size.nodeWidth / 2, y: to.y },
        ],
      }
    }),
    width: filled.length * (size.nodeWidth + size.gapX) - size.gapX,
    height,
  }
}

function number(layer: Slot[]) {
  layer.forEach((slot, index) => (slot.order = index))
}

function orderLayers(layers: Slot[][]) {
  for (const layer of layers) {
    layer.sort((a, b) => a.group.localeCompare(b.group) || (a.id ?? '').localeCompare(b.id ?? ''))
    number(layer)
  }
  const sweep = (layer: Slot[], side: 'up' | 'down') => {
    const weight = new Map<Slot, number>()
    for (const slot of layer) {
      const neighbours = slot[side]
      weight.set(
        slot,
        neighbours.length
          ? neighbours.reduce((sum, each) => sum + each.order, 0) / neighbours.length
          : slot.order,
      )
    }
    layer.sort((a, b) => weight.get(a)! - weight.get(b)! || a.order - b.order)
    number(layer)
  }
  for (let round = 0; round < sweeps; round++) {
    for (let index = 1; index < layers.length; index++) sweep(layers[index]!, 'up')
    for (let index = layers.length - 2; index >= 0; index--) sweep(layers[index]!, 'down')
  }
}

/** Heights near the mean of the neighbours, in order and without overlap: isotonic regression per layer. */
function placeHeights(layers: Slot[][], size: LayoutOptions): number {
  const room = (slot: Slot) => (slot.id === undefined ? size.gapY : size.nodeHeight + size.gapY)
  for (const layer of layers) {
    let y = 0
    for (const slot of layer) {
      slot.y = y + room(slot) / 2
      y += room(slot)
    }
  }
  const settle = (layer: Slot[], sides: ('up' | 'down')[]) => {
    const blocks: { sum: number; count: number; from: number }[] = []
    const offsets: number[] = []
    let offset = 0
    layer.forEach((slot, index) => {
      if (index > 0) offset += (room(layer[index - 1]!) + room(slot)) / 2
      offsets.push(offset)
      const near = sides.flatMap((side) => slot[side])
      const wish = near.length ? near.reduce((sum, each) => sum + each.y, 0) / near.length : slot.y
      blocks.push({ sum: wish - offset, count: 1, from: index })
      for (
        let last = blocks.at(-1)!, before = blocks.at(-2);
        before && before.sum / before.count > last.sum / last.count;
      ) {
        before.sum += last.sum
        before.count += last.count
        blocks.pop()
        last = before
        before = blocks.at(-2)
      }
    })
    for (const block of blocks) {
      for (let index = block.from; index < block.from + block.count; index++) {
        layer[index]!.y = block.sum / block.count + offsets[index]!
      }
    }
  }
  for (let round = 0; round < 4; round++) {
    for (const layer of layers) settle(layer, ['up'])
    for (const layer of [...layers].reverse()) settle(layer, ['down'])
  }
  for (const layer of layers) settle(layer, ['up', 'down'])
  let [top, bottom] = [Infinity, -Infinity]
  for (const layer of layers) {
    for (const slot of layer) {
      top = Math.min(top, slot.y - room(slot) / 2)
      bottom = Math.max(bottom, slot.y + room(slot) / 2)
    }
  }
  for (const layer of layers) for (const slot of layer) slot.y -= top
  return bottom - top
}
