import { useMemo } from 'react'
import { Link } from 'react-router'
import { Page } from '../app/Page'
import { GroupDot } from '../assets/GroupDot'
import { statusLook, useAssetStatus } from '../assets/statusStore'
import { countBy } from '../assets/catalogFilter'
import { LineageGraphDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { MaterializeButton } from '../launch/MaterializeButton'
import { assetPath, keyToText, plural } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, SearchInput, SkeletonRows, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { AssetGraphView } from './AssetGraphView'
import { buildGraph, reach, select, subgraph, type AssetGraph, type LineageNode } from './model'
import { selectGroup } from './serverLayout'
import './lineage.css'

function Chosen({ graph, id, onClose }: { graph: AssetGraph; id: string; onClose: () => void }) {
  const node = graph.nodes.get(id)
  const status = useAssetStatus(id)
  if (!node) return null
  const look = statusLook(status)
  const neighbours = (title: string, ids: string[] | undefined) =>
    ids && ids.length > 0 ? (
      <div>
        <h3 className="muted">{title}</h3>
        <ul className="plain-list">
          {ids.slice(0, 12).map((other) => (
            <li key={other} className="clip">
              <Link to={`?at=${encodeURIComponent(other)}`}>
                {keyToText(graph.nodes.get(other)!.assetKey)}
              </Link>
            </li>
          ))}
          {ids.length > 12 && <li className="muted">and {ids.length - 12} more</li>}
        </ul>
      </div>
    ) : null
  return (
    <aside
      className="graph-side panel"
      aria-label="Chosen asset"
      onPointerDown={(event) => event.stopPropagation()}
    >
      <header className="row">
        {look && <StatusDisc kind={look.disc} label={look.label} />}
        <h2 className="clip">{keyToText(node.assetKey)}</h2>
        <Button className="push" small look="quiet" icon="close" aria-label="Close" onClick={onClose} />
      </header>
      <div className="panel-body stack">
        <p className="soft">
          {look?.label}
          {status?.latest && (
            <>
              , made <Time at={Number(status.latest.timestamp) / 1000} />
            </>
          )}
        </p>
        <div className="row wrap">
          <Link className="btn" to={assetPath(node.assetKey)}>
            Open
          </Link>
          <MaterializeButton assetKeys={[node.assetKey]} disabled={!node.isMaterializable} />
        </div>
        {neighbours('Depends on', graph.up.get(id))}
        {neighbours('Used by', graph.down.get(id))}
      </div>
    </aside>
  )
}

function Lineage({ nodes }: { nodes: LineageNode[] }) {
  const [params, change] = useUrlParams()
  const text = params.get('q') ?? ''
  const group = params.get('group') ?? ''
  const chosen = params.get('at') ?? undefined
  const boxes = params.get('boxes') === '1'
  const whole = useMemo(() => buildGraph(nodes), [nodes])
  const graph = useMemo(
    () => (group ? subgraph(whole, (id) => whole.nodes.get(id)!.groupName === group) : whole),
    [whole, group],
  )
  const found = useMemo(() => (text ? select(graph, text) : undefined), [graph, text])
  const focus = useMemo(() => {
    if (found) return found
    if (chosen && graph.nodes.has(chosen))
      return new Set([...reach(graph.up, [chosen]), ...reach(graph.down, [chosen])])
    return undefined
  }, [found, chosen, graph])
  const groups = useMemo(() => countBy(nodes, (node) => [node.groupName]), [nodes])
  const target = [...(found ?? graph.nodes.keys())]
    .map((id) => graph.nodes.get(id)!)
    .filter((node) => node.isMaterializable)
  return (
    <>
      <div className="toolbar">
        <SearchInput value={text} label="orders, +up, down+, group:core" onChange={(q) => change({ q })} />
        <select
          className="select"
          aria-label="Group"
          value={group}
          onChange={(event) => change({ group: event.target.value, at: undefined })}
        >
          <option value="">All groups</option>
          {groups.map(([name, count]) => (
            <option key={name} value={name}>
              {name} ({count})
            </option>
          ))}
        </select>
        {!group && groups.length > 1 && (
          <label className="row">
            <input
              type="checkbox"
              checked={boxes}
              onChange={(event) => change({ boxes: event.target.checked ? '1' : undefined })}
            />
            Group boxes
          </label>
        )}
        <span className="muted">
          {found
            ? `${found.size} of ${plural(graph.nodes.size, 'asset')}`
            : plural(graph.nodes.size, 'asset')}
        </span>
        <span className="push" />
        <MaterializeButton
          assetKeys={target.map((node) => node.assetKey)}
          label={
            found ? `Materialize ${target.length} found` : group ? `Materialize group` : 'Materialize all'
          }
          disabled={target.length > 500}
          title={target.length > 500 ? 'Narrow the selection to at most 500 assets' : undefined}
        />
      </div>
      <AssetGraphView
        graph={graph}
        part={{ selection: group ? selectGroup(group) : undefined, boxes: boxes && !group }}
        label="Lineage of assets"
        focus={focus}
        chosen={chosen}
        center={chosen ?? (found?.size ? [...found][0] : undefined)}
        onPick={(id) => change({ at: id })}
      >
        {!group && groups.length <= 14 && (
          <div className="lin-legend" aria-label="Groups">
            {groups.map(([name]) => (
              <button key={name} type="button" className="tag" onClick={() => change({ group: name })}>
                <GroupDot group={name} />
                {name}
              </button>
            ))}
          </div>
        )}
        {chosen && <Chosen graph={graph} id={chosen} onClose={() => change({ at: undefined })} />}
      </AssetGraphView>
    </>
  )
}

export default function LineagePage() {
  const query = useGql(LineageGraphDocument, {}, { staleTime: 60_000 })
  return (
    <Page fill title="Lineage">
      <QueryView query={query} skeleton={<SkeletonRows rows={12} />}>
        {({ assetNodes }) =>
          assetNodes.length === 0 ? (
            <Empty title="Nothing to draw yet">
              Assets and what they depend on appear here as a graph, once your code defines some.
            </Empty>
          ) : (
            <Lineage nodes={assetNodes} />
          )
        }
      </QueryView>
    </Page>
  )
}
