/** The partitions of an asset as a heat-bar (one per key of the second dimension) and as a list, and one's events. */
import { useMemo } from 'react'
import { Link } from 'react-router'
import { expectType } from '../graphql/errors'
import { AssetPartitionsDocument, type AssetPartitionsQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { MaterializeButton } from '../launch/MaterializeButton'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, Panel, SkeletonRows } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { Events } from './Events'
import { PartitionList } from './PartitionList'
import {
  keyStates,
  multiKey,
  spans,
  stateColour,
  statesOf,
  statesOf2D,
  type PartitionState,
} from './partitions'

type Node = Extract<AssetPartitionsQuery['assetNodeOrError'], { __typename: 'AssetNode' }>

function HeatBar(props: {
  label: string
  keys: readonly string[]
  states: readonly PartitionState[]
  chosen?: string
  height?: number
  onPick: (key: string) => void
}) {
  const { keys, states } = props
  const chosen = props.chosen === undefined ? -1 : keys.indexOf(props.chosen)
  const keyAt = (event: React.MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return keys[
      Math.min(
        keys.length - 1,
        Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * keys.length)),
      )
    ]
  }
  return (
    <svg
      className="heat"
      style={{ height: props.height ?? 30 }}
      viewBox={`0 0 ${Math.max(1, keys.length)} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
      onClick={(event) => {
        const key = keyAt(event)
        if (key !== undefined) props.onPick(key)
      }}
      onMouseMove={(event) => {
        const key = keyAt(event)
        const state = key === undefined ? '' : states[keys.indexOf(key)]
        event.currentTarget.querySelector('title')!.textContent = `${key}: ${state}`
      }}
    >
      <title> </title>
      {spans(states).map((span) => (
        <rect
          key={span.from}
          x={span.from}
          width={span.to - span.from}
          height={10}
          fill={stateColour[span.state]}
        />
      ))}
      {chosen >= 0 && (
        <rect
          x={chosen}
          width={1}
          height={10}
          fill="none"
          stroke="var(--ink)"
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  )
}

function Heat({
  node,
  chosen,
  onPick,
}: {
  node: Node
  chosen: string | undefined
  onPick: (key: string) => void
}) {
  const statuses = node.assetPartitionStatuses
  const dimensions = node.partitionKeysByDimension ?? []
  const first = dimensions[0]
  if (!statuses)
    return (
      <Empty small title="Not shown">
        This server does not tell the states of partitions yet.
      </Empty>
    )
  if (!first)
    return (
      <Empty small title="No partitions yet">
        The partitions definition has no keys at present.
      </Empty>
    )
  if (statuses.__typename !== 'MultiPartitionStatuses') {
    const keys = first.partitionKeys
    return (
      <div className="stack">
        <HeatBar
          label="States of all partitions"
          keys={keys}
          states={statesOf(statuses, keys)}
          chosen={chosen}
          onPick={onPick}
        />
        <div className="row muted">
          <span>{keys[0]}</span>
          <span className="push">{keys.at(-1)}</span>
        </div>
      </div>
    )
  }
  const primary = dimensions.find((each) => each.name === statuses.primaryDimensionName) ?? first
  const secondary = dimensions.find((each) => each !== primary)
  if (!secondary) return null
  const grid = statesOf2D(statuses, primary.partitionKeys, secondary.partitionKeys)
  const names = dimensions.map((each) => each.name).sort()
  const parts = chosen?.split('|')
  const part = (name: string) => parts?.[names.indexOf(name)]
  return (
    <div className="heat-grid">
      {secondary.partitionKeys.slice(0, 200).map((row, index) => (
        <div key={row} className="heat-row">
          <span className="clip mono" title={row}>
            {row}
          </span>
          <HeatBar
            label={`States of ${secondary.name} ${row}`}
            height={18}
            keys={primary.partitionKeys}
            states={grid.map((states) => states[index]!)}
            chosen={part(secondary.name) === row ? part(primary.name) : undefined}
            onPick={(key) =>
              onPick(
                multiKey([
                  [primary.name, key],
                  [secondary.name, row],
                ]),
              )
            }
          />
        </div>
      ))}
      <div className="heat-row muted">
        <span>{secondary.name}</span>
        <span className="row">
          <span>{primary.partitionKeys[0]}</span>
          <span className="push">{primary.partitionKeys.at(-1)}</span>
        </span>
      </div>
    </div>
  )
}

export function Partitions({
  assetKey,
  canMaterialize,
}: {
  assetKey: { path: string[] }
  canMaterialize: boolean
}) {
  const [params, change] = useUrlParams()
  const key = useMemo(() => ({ path: assetKey.path }), [assetKey])
  const query = useGql(AssetPartitionsDocument, { assetKey: key }, { poll: 8_000 })
  const chosen = params.get('partition') ?? undefined
  const wanted = (params.get('state') as PartitionState | null) ?? undefined
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={5} />}>
      {(data) => {
        const node = expectType(data.assetNodeOrError, 'AssetNode')
        const stats = node.partitionStats
        const missing = stats
          ? stats.numPartitions - stats.numMaterialized - stats.numFailed - stats.numMaterializing
          : 0
        const legend: [PartitionState, number | undefined][] = [
          ['materialized', stats?.numMaterialized],
          ['failed', stats?.numFailed],
          ['materializing', stats?.numMaterializing],
          ['missing', Math.max(0, missing)],
        ]
        return (
          <div className="stack">
            <Panel
              title="Partitions"
              actions={legend.map(([state, count]) => (
                <button
                  key={state}
                  type="button"
                  className="chip"
                  aria-pressed={wanted === state}
                  title={`List only what is ${state}`}
                  onClick={() => change({ state: wanted === state ? undefined : state })}
                >
                  <span className="group-dot" style={{ background: stateColour[state] }} />
                  {count?.toLocaleString()} {state}
                </button>
              ))}
            >
              <div className="panel-body">
                <Heat node={node} chosen={chosen} onPick={(partition) => change({ partition })} />
              </div>
            </Panel>
            <div className="part-split">
              <PartitionList
                partitions={keyStates(node)}
                state={wanted}
                chosen={chosen}
                onPick={(partition) => change({ partition })}
              />
              {chosen === undefined ? (
                <Empty small title="No partition chosen">
                  Choose one in the list or in the bar to see its materializations.
                </Empty>
              ) : (
                <div className="stack">
                  <div className="row wrap">
                    <h2 className="mono">{chosen}</h2>
                    <MaterializeButton
                      small
                      assetKeys={[assetKey]}
                      partition={chosen}
                      disabled={!canMaterialize}
                    />
                    <Link
                      className="btn btn-small"
                      to={`/runs?q=${encodeURIComponent(`"tag:dagster/partition=${chosen}"`)}`}
                    >
                      Its runs
                    </Link>
                    <Button small look="quiet" onClick={() => change({ partition: undefined })}>
                      Close
                    </Button>
                  </div>
                  <Events key={chosen} assetKey={assetKey} partition={chosen} />
                </div>
              )}
            </div>
          </div>
        )
      }}
    </QueryView>
  )
}
