/** The asset graph: group colours, live status, cards. Shared by the lineage page and an asset's neighbourhood. */
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { useGroupColour } from '../assets/groups'
import { assetStatuses, statusLook, useAssetStatus, useAssetStatuses } from '../assets/statusStore'
import { GraphView } from '../graph/GraphView'
import { assetPath, keyToText } from '../lib/names'
import { SkeletonRows, Time } from '../ui/basics'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import type { AssetGraph, LineageNode } from './model'
import { nodeHeight, nodeWidth, useDrawing, type Drawing, type Part } from './serverLayout'

/** Colours of status dots on the canvas, which does not know the design tokens. */
const dotColour: Partial<Record<DiscKind, string>> = {
  running: '#4a86e8',
  queued: '#8b949a',
  success: '#3a9a58',
  failure: '#d8483a',
  stale: '#d59a2c',
  warning: '#d59a2c',
}

function Card(props: { node: LineageNode; id: string; chosen: boolean; colour: string }) {
  const { node, id, chosen } = props
  const status = useAssetStatus(id)
  const look = statusLook(status)
  const text = keyToText(node.assetKey)
  return (
    <div
      className={chosen ? 'node node-chosen' : 'node'}
      style={{ '--node-colour': props.colour } as React.CSSProperties}
      title={text}
    >
      <div className="row">
        {look && <StatusDisc kind={look.disc} label={look.label} />}
        <Link className="clip node-title" to={assetPath(node.assetKey)}>
          {text}
        </Link>
      </div>
      <div className="row node-sub">
        <span className="clip">{node.kinds.join(' · ') || node.groupName}</span>
        <span className="push nowrap">
          {status?.partitions ? (
            `${status.partitions.numMaterialized}/${status.partitions.numPartitions}`
          ) : status?.latest ? (
            <Time at={Number(status.latest.timestamp) / 1000} />
          ) : (
            !node.isMaterializable && 'external'
          )}
        </span>
      </div>
    </div>
  )
}

interface GraphProps {
  graph: AssetGraph
  label: string
  focus?: ReadonlySet<string>
  chosen?: string
  center?: string
  onPick: (id: string | undefined) => void
  children?: ReactNode
}

/** Draws `graph`, which must hold what `part` selects. */
export function AssetGraphView({ part, ...props }: GraphProps & { part: Part }) {
  const drawing = useDrawing(props.graph, part)
  return drawing ? <Drawn {...props} drawing={drawing} /> : <SkeletonRows rows={12} />
}

function Drawn(props: GraphProps & { drawing: Drawing }) {
  const { graph, chosen, drawing } = props
  const colourOf = useGroupColour()
  const [seen, setSeen] = useState<string[]>([])
  const version = useAssetStatuses(seen)
  const onInView = useCallback(
    (ids: string[]) =>
      setSeen((before) =>
        before.length === ids.length && ids.every((id, index) => before[index] === id) ? before : ids,
      ),
    [],
  )
  const paint = useCallback(
    (id: string) => {
      const node = graph.nodes.get(id)!
      const look = statusLook(assetStatuses.get(id))
      return {
        label: node.assetKey.path.at(-1) ?? '',
        colour: colourOf(node.groupName),
        status: look && dotColour[look.disc],
      }
    },
    [graph, colourOf],
  )
  const boxes = useMemo(
    () => drawing.boxes.map((box) => ({ ...box, colour: colourOf(box.name) })),
    [drawing, colourOf],
  )
  const renderCard = useCallback(
    (id: string) => {
      const node = graph.nodes.get(id)
      return node && <Card node={node} id={id} chosen={id === chosen} colour={colourOf(node.groupName)} />
    },
    [graph, chosen, colourOf],
  )
  return (
    <GraphView
      layout={drawing.layout}
      boxes={boxes}
      nodeWidth={nodeWidth}
      nodeHeight={nodeHeight}
      label={props.label}
      paint={paint}
      paintVersion={version}
      renderCard={renderCard}
      focus={props.focus}
      center={props.center}
      onPick={props.onPick}
      onInView={onInView}
    >
      {props.children}
    </GraphView>
  )
}
