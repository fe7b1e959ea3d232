import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import { LineageGraphDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { assetPath, idToKey, keyToId } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Empty, SkeletonRows } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { AssetGraphView } from '../lineage/AssetGraphView'
import { buildGraph, neighbourhood, subgraph, type LineageNode } from '../lineage/model'
import { selectAround } from '../lineage/serverLayout'

const depths = ['1', '2', '3', '5', 'all']

function Graph({ nodes, id }: { nodes: LineageNode[]; id: string }) {
  const [params, change] = useUrlParams()
  const navigate = useNavigate()
  const depth = params.get('depth') ?? '2'
  const steps = depth === 'all' ? Infinity : Number(depth)
  const graph = useMemo(() => {
    const whole = buildGraph(nodes)
    const near = neighbourhood(whole, id, steps, steps)
    return subgraph(whole, (each) => near.has(each))
  }, [nodes, id, steps])
  if (!graph.nodes.has(id))
    return (
      <Empty title="Not in the graph">
        This asset has events but no definition in any loaded code location.
      </Empty>
    )
  return (
    <>
      <div className="segments" role="group" aria-label="Depth" style={{ alignSelf: 'start' }}>
        {depths.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={depth === each}
            onClick={() => change({ depth: each })}
          >
            {each === 'all' ? 'everything' : `${each} away`}
          </button>
        ))}
      </div>
      <AssetGraphView
        graph={graph}
        part={{ selection: selectAround(idToKey(id).path, steps) }}
        label="Neighbours of this asset"
        chosen={id}
        onPick={(picked) => picked && void navigate(`${assetPath(idToKey(picked))}?tab=lineage`)}
      />
    </>
  )
}

export function Neighbours({ assetKey }: { assetKey: { path: string[] } }) {
  const query = useGql(LineageGraphDocument, {}, { staleTime: 60_000 })
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={8} />}>
      {({ assetNodes }) => <Graph nodes={assetNodes} id={keyToId(assetKey)} />}
    </QueryView>
  )
}
