/**
 * A graph one can pan, zoom and point at. Edges, and nodes seen from afar, are canvas; nodes close by are DOM cards,
 * only those in sight. Panning and zooming never render React: they move a camera kept in a ref and repaint.
 */
import {
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react'
import { useColourScheme } from '../app/theme'
import { Button } from '../ui/basics'
import type { Layout } from './layout'
import {
  draw,
  edgeBoxes,
  resolvePalette,
  type NodePaint,
  type PaintedBox,
  type Palette,
  type Scene,
} from './paint'
import { fit, PointGrid, toGraph, visibleBox, zoomAt, type View } from './view'
import './graph.css'

const cardScale = 0.58
const maxCards = 260
const noBoxes: readonly PaintedBox[] = []

export interface GraphViewProps {
  layout: Layout
  nodeWidth: number
  nodeHeight: number
  label: string
  paint: (id: string) => NodePaint
  /** Changes when `paint` would answer differently. */
  paintVersion?: unknown
  renderCard: (id: string) => ReactNode
  /** Areas drawn behind the nodes. */
  boxes?: readonly PaintedBox[]
  focus?: ReadonlySet<string>
  /** The node to bring into the middle, whenever this changes. */
  center?: string
  onPick: (id: string | undefined) => void
  onInView?: (ids: string[]) => void
  children?: ReactNode
}

const Cards = memo(function Cards(props: {
  ids: readonly string[]
  layout: Layout
  width: number
  height: number
  focus: ReadonlySet<string> | undefined
  renderCard: (id: string) => ReactNode
}) {
  return props.ids.map((id) => {
    const at = props.layout.nodes.get(id)
    if (!at) return null
    return (
      <div
        key={id}
        className={props.focus && !props.focus.has(id) ? 'graph-card graph-faded' : 'graph-card'}
        data-node={id}
        style={{
          left: at.x - props.width / 2,
          top: at.y - props.height / 2,
          width: props.width,
          height: props.height,
        }}
      >
        {props.renderCard(id)}
      </div>
    )
  })
})

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}

export function GraphView(props: GraphViewProps) {
  const { layout, nodeWidth, nodeHeight, paint, focus, center, onInView } = props
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const cardLayer = useRef<HTMLDivElement>(null)
  const view = useRef<View>({ scale: 1, x: 0, y: 0 })
  const frame = useRef<number | undefined>(undefined)
  const palette = useRef<Palette | null>(null)
  const glide = useRef<number | undefined>(undefined)
  const [cards, setCards] = useState<string[]>([])
  const scheme = useColourScheme()

  const geometry = useMemo(
    () => ({ grid: new PointGrid(layout.nodes), boxes: edgeBoxes(layout.edges) }),
    [layout],
  )
  const scene = useRef<Scene | null>(null)

  const updateCards = useCallback(() => {
    const current = scene.current
    const box = host.current
    if (!current || !box) return
    const near = view.current.scale >= cardScale
    const ids = near
      ? current.grid
          .within(visibleBox(view.current, box.clientWidth, box.clientHeight, 160))
          .slice(0, maxCards)
      : []
    ids.sort()
    setCards((before) => (same(before, ids) ? before : ids))
    if (onInView) {
      const seen = near
        ? ids
        : current.grid.within(visibleBox(view.current, box.clientWidth, box.clientHeight))
      // From far away so many are in sight that keeping them current would only load the server.
      onInView(near || seen.length <= 400 ? seen : [])
    }
  }, [onInView])

  const repaint = useCallback(() => {
    frame.current ??= requestAnimationFrame(() => {
      frame.current = undefined
      if (!canvas.current || !scene.current || !palette.current) return
      draw(canvas.current, scene.current, view.current, palette.current)
      const { x, y, scale } = view.current
      if (cardLayer.current) cardLayer.current.style.transform = `translate(${x}px, ${y}px) scale(${scale})`
      updateCards()
    })
  }, [updateCards])

  const move = useCallback(
    (next: View) => {
      cancelAnimationFrame(glide.current ?? 0)
      view.current = next
      repaint()
    },
    [repaint],
  )

  /** Moves the camera over a quarter second, at once where the reader prefers no motion. */
  const glideTo = useCallback(
    (target: View) => {
      cancelAnimationFrame(glide.current ?? 0)
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) return move(target)
      const from = view.current
      const started = performance.now()
      const step = (now: number) => {
        const t = Math.min(1, (now - started) / 260)
        const ease = 1 - (1 - t) ** 3
        const mix = (a: number, b: number) => a + (b - a) * ease
        view.current = {
          scale: mix(from.scale, target.scale),
          x: mix(from.x, target.x),
          y: mix(from.y, target.y),
        }
        repaint()
        if (t < 1) glide.current = requestAnimationFrame(step)
      }
      glide.current = requestAnimationFrame(step)
    },
    [move, repaint],
  )

  const fitAll = useCallback(
    (animate: boolean) => {
      const box = host.current
      if (!box) return
      const target = fit(
        { left: 0, top: 0, right: layout.width, bottom: layout.height },
        box.clientWidth,
        box.clientHeight,
      )
      if (animate) glideTo(target)
      else move(target)
    },
    [layout, glideTo, move],
  )

  useLayoutEffect(() => {
    scene.current = {
      layout,
      boxes: props.boxes ?? noBoxes,
      grid: geometry.grid,
      edgeBoxes: geometry.boxes,
      nodeWidth,
      nodeHeight,
      paint,
      focus,
      cardScale,
    }
    repaint()
  })

  useLayoutEffect(() => fitAll(false), [fitAll])

  useEffect(() => {
    if (host.current) palette.current = resolvePalette(host.current)
    repaint()
  }, [scheme, repaint])

  useEffect(() => {
    const at = center === undefined ? undefined : layout.nodes.get(center)
    const box = host.current
    if (!at || !box) return
    const scale = Math.max(view.current.scale, 0.85)
    glideTo({ scale, x: box.clientWidth / 2 - at.x * scale, y: box.clientHeight / 2 - at.y * scale })
  }, [center, layout, glideTo])

  useEffect(() => {
    const box = host.current
    if (!box) return
    const observer = new ResizeObserver(() => repaint())
    observer.observe(box)
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const { left, top } = box.getBoundingClientRect()
      const lines = event.deltaMode === 1 ? 16 : 1
      if (event.ctrlKey || !event.shiftKey) {
        const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016))
        move(zoomAt(view.current, { x: event.clientX - left, y: event.clientY - top }, factor))
      } else {
        move({ ...view.current, x: view.current.x - event.deltaY * lines, y: view.current.y })
      }
    }
    box.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      observer.disconnect()
      box.removeEventListener('wheel', onWheel)
      cancelAnimationFrame(frame.current ?? 0)
      cancelAnimationFrame(glide.current ?? 0)
      frame.current = undefined
    }
  }, [move, repaint])

  const drag = usePointerDrag(host, view, move, (clientX, clientY, target) => {
    const card = target.closest<HTMLElement>('[data-node]')
    if (card) return props.onPick(card.dataset.node)
    const { left, top } = host.current!.getBoundingClientRect()
    const at = toGraph(view.current, { x: clientX - left, y: clientY - top })
    const [w, h] = [nodeWidth / 2, nodeHeight / 2]
    props.onPick(
      geometry.grid.within({ left: at.x - w, right: at.x + w, top: at.y - h, bottom: at.y + h })[0],
    )
  })

  const zoomBy = (factor: number) => {
    const box = host.current!
    glideTo(zoomAt(view.current, { x: box.clientWidth / 2, y: box.clientHeight / 2 }, factor))
  }
  const onKey = (event: React.KeyboardEvent) => {
    if (event.target !== host.current) return
    const step = 80
    const pans: Record<string, [number, number]> = {
      ArrowLeft: [step, 0],
      ArrowRight: [-step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    }
    const pan = pans[event.key]
    if (pan) move({ ...view.current, x: view.current.x + pan[0], y: view.current.y + pan[1] })
    else if (event.key === '+' || event.key === '=') zoomBy(1.4)
    else if (event.key === '-') zoomBy(1 / 1.4)
    else if (event.key === '0') fitAll(true)
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={host}
      className="graph"
      role="application"
      aria-label={`${props.label}. Arrow keys pan, plus and minus zoom, 0 fits everything.`}
      tabIndex={0}
      onKeyDown={onKey}
      {...drag}
    >
      <canvas ref={canvas} />
      <div className="graph-cards" ref={cardLayer}>
        <Cards
          ids={cards}
          layout={layout}
          width={nodeWidth}
          height={nodeHeight}
          focus={focus}
          renderCard={props.renderCard}
        />
      </div>
      <div className="graph-tools">
        <Button small icon="plus" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(1.5)} />
        <Button
          small
          icon="minus"
          aria-label="Zoom out"
          title="Zoom out (-)"
          onClick={() => zoomBy(1 / 1.5)}
        />
        <Button
          small
          icon="fit"
          aria-label="Fit everything"
          title="Fit everything (0)"
          onClick={() => fitAll(true)}
        />
      </div>
      {props.children}
    </div>
  )
}

/** Panning by pointer, pinch zoom with two; a press without movement is a click. */
function usePointerDrag(
  host: React.RefObject<HTMLDivElement | null>,
  view: React.RefObject<View>,
  move: (view: View) => void,
  onClick: (clientX: number, clientY: number, target: HTMLElement) => void,
) {
  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(false)
  const onPointerDown = (event: React.PointerEvent) => {
    if ((event.target as HTMLElement).closest('button, a, input, .graph-tools')) return
    if (event.button !== 0) return
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    if (pointers.current.size === 1) moved.current = false
  }
  const onPointerMove = (event: React.PointerEvent) => {
    const before = pointers.current.get(event.pointerId)
    if (!before) return
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y]
    if (!moved.current && Math.hypot(dx, dy) < 4) return
    if (!moved.current) host.current?.setPointerCapture(event.pointerId)
    moved.current = true
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point)
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    const other = others[0]
    if (other) {
      const old = Math.hypot(before.x - other.x, before.y - other.y)
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y)
      const { left, top } = host.current!.getBoundingClientRect()
      const middle = { x: (event.clientX + other.x) / 2 - left, y: (event.clientY + other.y) / 2 - top }
      if (old > 0) move(zoomAt(view.current, middle, now / old))
    } else move({ ...view.current, x: view.current.x + dx, y: view.current.y + dy })
  }
  const onPointerUp = (event: React.PointerEvent) => {
    if (!pointers.current.delete(event.pointerId) || moved.current) return
    onClick(event.clientX, event.clientY, event.target as HTMLElement)
  }
  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: (event: React.PointerEvent) => void pointers.current.delete(event.pointerId),
  }
}
