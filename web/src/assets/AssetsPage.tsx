import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { Page } from '../app/Page'
import { AssetCatalogDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { MaterializeButton } from '../launch/MaterializeButton'
import { assetPath, keyToId, keyToText, plural } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, SearchInput, SkeletonRows, Time } from '../ui/basics'
import { plainText } from '../ui/plainText'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { countBy, filterCatalog, inState, stateChoices, type CatalogNode } from './catalogFilter'
import { GroupDot } from './GroupDot'
import { assetStatuses, statusLook, useAssetStatus, useAssetStatuses } from './statusStore'
import './assets.css'

function Row(props: {
  node: CatalogNode
  selected: boolean
  onSelect: () => void
  onFilter: (change: Record<string, string>) => void
}) {
  const { node } = props
  const status = useAssetStatus(keyToId(node.assetKey))
  const look = statusLook(status)
  const partitions = status?.partitions
  return (
    <div className={props.selected ? 'cat-row cat-selected' : 'cat-row'} role="row">
      <span role="cell">
        <input
          type="checkbox"
          aria-label={`Select ${keyToText(node.assetKey)}`}
          checked={props.selected}
          disabled={!node.isMaterializable}
          onChange={props.onSelect}
        />
      </span>
      <div className="cat-name" role="cell">
        <Link to={assetPath(node.assetKey)} className="clip">
          {node.assetKey.path.slice(0, -1).map((part, index) => (
            <span key={index} className="muted">
              {part}/
            </span>
          ))}
          <strong>{node.assetKey.path.at(-1)}</strong>
        </Link>
        <span className="muted clip cat-description">{node.description && plainText(node.description)}</span>
      </div>
      <div className="row" role="cell">
        {look ? (
          <>
            <StatusDisc kind={look.disc} label={partitions ? look.label : undefined} />
            <span className="clip">
              {partitions && partitions.numPartitions > 0
                ? `${partitions.numMaterialized.toLocaleString()} / ${partitions.numPartitions.toLocaleString()}`
                : look.label}
            </span>
          </>
        ) : (
          <span className="skeleton" style={{ width: 90 }} />
        )}
      </div>
      <div role="cell" className="soft clip">
        {status?.latest ? (
          <Link to={`/runs/${status.latest.runId}`}>
            <Time at={Number(status.latest.timestamp) / 1000} />
          </Link>
        ) : (
          <span className="muted">–</span>
        )}
      </div>
      <div role="cell" className="clip">
        <button type="button" className="tag" onClick={() => props.onFilter({ group: node.groupName })}>
          <GroupDot group={node.groupName} />
          {node.groupName}
        </button>
      </div>
      <div role="cell" className="row cat-kinds">
        {node.kinds.map((kind) => (
          <button key={kind} type="button" className="tag" onClick={() => props.onFilter({ kind })}>
            {kind}
          </button>
        ))}
      </div>
      <div role="cell" className="soft clip">
        {node.repository.location.name}
      </div>
    </div>
  )
}

const idsOf = (nodes: readonly CatalogNode[]) => nodes.map((node) => keyToId(node.assetKey))

function Catalog({ nodes }: { nodes: CatalogNode[] }) {
  const [params, change] = useUrlParams()
  const text = params.get('q') ?? ''
  const group = params.get('group') ?? ''
  const kind = params.get('kind') ?? ''
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const sorted = useMemo(
    () => [...nodes].sort((a, b) => keyToText(a.assetKey).localeCompare(keyToText(b.assetKey))),
    [nodes],
  )
  const state = params.get('state') ?? ''
  const found = useMemo(() => filterCatalog(sorted, { text, group, kind }), [sorted, text, group, kind])
  // Only a filter by state asks for the states of assets out of sight.
  const version = useAssetStatuses(useMemo(() => (state ? idsOf(found) : []), [state, found]))
  const { nodes: shown, unknown } = useMemo(
    () =>
      state
        ? inState(found, state, (id) => statusLook(assetStatuses.get(id))?.disc)
        : { nodes: found, unknown: 0 },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the version stands for what the store holds
    [state, found, version],
  )
  const groups = useMemo(() => countBy(nodes, (node) => [node.groupName]), [nodes])
  const kinds = useMemo(() => countBy(nodes, (node) => node.kinds), [nodes])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 46,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  useAssetStatuses(idsOf(items.map((item) => shown[item.index]!)))
  const selectable = shown.filter((node) => node.isMaterializable)
  const chosen = sorted.filter((node) => selected.has(keyToId(node.assetKey)))
  const target = chosen.length > 0 ? chosen : selectable

  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
  }
  return (
    <>
      <div className="toolbar">
        <SearchInput value={text} label="Search assets" onChange={(q) => change({ q })} />
        <select
          className="select"
          aria-label="Group"
          value={group}
          onChange={(event) => change({ group: event.target.value })}
        >
          <option value="">All groups</option>
          {groups.map(([name, count]) => (
            <option key={name} value={name}>
              {name} ({count})
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label="Kind"
          value={kind}
          onChange={(event) => change({ kind: event.target.value })}
        >
          <option value="">All kinds</option>
          {kinds.map(([name, count]) => (
            <option key={name} value={name}>
              {name} ({count})
            </option>
          ))}
        </select>
        <select
          className="select cat-state"
          aria-label="State"
          value={state}
          onChange={(event) => change({ state: event.target.value })}
        >
          <option value="">Any state</option>
          {stateChoices.map(([disc, label]) => (
            <option key={disc} value={disc}>
              {label}
            </option>
          ))}
        </select>
        <span className="muted">
          {unknown > 0 && `looking at ${unknown.toLocaleString()} more … `}
          {shown.length === nodes.length
            ? plural(nodes.length, 'asset')
            : `${shown.length.toLocaleString()} of ${plural(nodes.length, 'asset')}`}
        </span>
        <span className="push row">
          {chosen.length > 0 && (
            <Button look="quiet" onClick={() => setSelected(new Set())}>
              Clear {chosen.length} selected
            </Button>
          )}
          <MaterializeButton
            assetKeys={target.map((node) => node.assetKey)}
            label={
              chosen.length > 0
                ? `Materialize ${chosen.length} selected`
                : shown.length === nodes.length
                  ? 'Materialize all'
                  : `Materialize ${selectable.length} shown`
            }
          />
        </span>
      </div>
      <div className="cat panel" role="table" aria-label="Assets">
        <div className="cat-row cat-head" role="row">
          <span role="cell">
            <input
              type="checkbox"
              aria-label="Select all shown assets"
              checked={
                selectable.length > 0 && selectable.every((node) => selected.has(keyToId(node.assetKey)))
              }
              onChange={(event) =>
                setSelected(
                  new Set(event.target.checked ? selectable.map((node) => keyToId(node.assetKey)) : []),
                )
              }
            />
          </span>
          {['Asset', 'Status', 'Latest', 'Group', 'Kinds', 'Code location'].map((title) => (
            <span key={title} role="columnheader">
              {title}
            </span>
          ))}
        </div>
        <div className="cat-body" ref={scroller}>
          {shown.length === 0 ? (
            <Empty title={unknown > 0 ? 'Looking …' : 'No asset matches'}>
              {unknown > 0
                ? 'States are asked for in batches.'
                : 'Shorten the search or choose another group, kind or state.'}
            </Empty>
          ) : (
            <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
              {items.map((item) => {
                const node = shown[item.index]!
                const id = keyToId(node.assetKey)
                return (
                  <div key={id} className="cat-place" style={{ transform: `translateY(${item.start}px)` }}>
                    <Row
                      node={node}
                      selected={selected.has(id)}
                      onSelect={() => toggle(id)}
                      onFilter={change}
                    />
                  </div>
                )
              })}
            </div>
          )}
        </div>
      </div>
    </>
  )
}

export default function AssetsPage() {
  const query = useGql(AssetCatalogDocument, {}, { poll: 30_000, staleTime: 10_000 })
  return (
    <Page fill title="Assets">
      <QueryView query={query} skeleton={<SkeletonRows rows={14} />}>
        {({ assetNodes }) =>
          assetNodes.length === 0 ? (
            <Empty title="No assets yet">
              An asset is a table, file or model your code keeps up to date. Decorate a function with
              @dg.asset, add it to your Definitions and reload the code location under Deployment.
            </Empty>
          ) : (
            <Catalog nodes={assetNodes} />
          )
        }
      </QueryView>
    </Page>
  )
}
