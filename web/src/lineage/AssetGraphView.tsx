/** The asset graph: group colours, live status, cards. Shared by the lineage page and an asset's neighbourhood. */
import { useCallback, useMemo, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { hueOf } from '../assets/catalogFilter'
import { assetStatuses, statusLook, useAssetStatus, useAssetStatuses } from '../assets/statusStore'
import { GraphView } from '../graph/GraphView'
import { layoutGraph } from '../graph/layout'
import { assetPath, keyToText } from '../lib/names'
import { Time } from '../ui/basics'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import type { AssetGraph, LineageNode } from './model'

const nodeWidth = 224
const nodeHeight = 64

export function groupColour(group: string): string {
  return `oklch(0.7 0.12 ${hueOf(group)})`
}

/** Colours of status dots on the canvas, which does not know the design tokens. */
const dotColour: Partial<Record<DiscKind, string>> = {
  running: '#4a86e8',
  queued: '#8b949a',
  success: '#3a9a58',
  failure: '#d8483a',
  stale: '#d59a2c',
  warning: '#d59a2c',
}

function Card({ node, id, chosen }: { node: LineageNode; id: string; chosen: boolean }) {
  const status = useAssetStatus(id)
  const look = statusLook(status)
  const text = keyToText(node.assetKey)
  return (
    <div
      className={chosen ? 'node node-chosen' : 'node'}
      style={{ '--node-colour': groupColour(node.groupName) } as React.CSSProperties}
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

export function AssetGraphView(props: {
  graph: AssetGraph
  label: string
  focus?: ReadonlySet<string>
  chosen?: string
  center?: string
  onPick: (id: string | undefined) => void
  children?: ReactNode
}) {
  const { graph, chosen } = props
  const layout = useMemo(
    () =>
      layoutGraph(
        [...graph.nodes].map(([id, node]) => ({ id, group: node.groupName })),
        graph.edges,
        { nodeWidth, nodeHeight },
      ),
    [graph],
  )
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
        colour: groupColour(node.groupName),
        status: look && dotColour[look.disc],
      }
    },
    [graph],
  )
  const renderCard = useCallback(
    (id: string) => {
      const node = graph.nodes.get(id)
      return node && <Card node={node} id={id} chosen={id === chosen} />
    },
    [graph, chosen],
  )
  return (
    <GraphView
      layout={layout}
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
