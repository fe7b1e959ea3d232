import { useCallback, useMemo } from 'react'
import { Link } from 'react-router'
import { GraphView } from '../graph/GraphView'
import { layoutGraph } from '../graph/layout'
import { assetPath, keyToText } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty } from '../ui/basics'
import { Markdown } from '../ui/Markdown'
import { crumbs, opsAt, type Handle, type JobInfo } from './opGraph'

const nodeWidth = 200
const nodeHeight = 56

function OpDetails({
  handle,
  onClose,
  onEnter,
}: {
  handle: Handle
  onClose: () => void
  onEnter: () => void
}) {
  const { definition } = handle.solid
  const isGraph = definition.__typename === 'CompositeSolidDefinition'
  return (
    <aside
      className="graph-side panel"
      aria-label="Chosen op"
      onPointerDown={(event) => event.stopPropagation()}
    >
      <header>
        <h2 className="clip">{handle.solid.name}</h2>
        <Button className="push" small look="quiet" icon="close" aria-label="Close" onClick={onClose} />
      </header>
      <div className="panel-body stack">
        {definition.description && <Markdown text={definition.description} />}
        {isGraph && <Button onClick={onEnter}>Show the ops inside</Button>}
        <dl className="defs">
          {definition.name !== handle.solid.name && (
            <>
              <dt>Defined as</dt>
              <dd className="mono">{definition.name}</dd>
            </>
          )}
          <dt>Inputs</dt>
          <dd>
            {definition.inputDefinitions.map((each) => (
              <div key={each.name} className="mono">
                {each.name}: {each.type.displayName}
              </div>
            ))}
            {definition.inputDefinitions.length === 0 && <span className="muted">none</span>}
          </dd>
          <dt>Outputs</dt>
          <dd>
            {definition.outputDefinitions.map((each) => (
              <div key={each.name} className="mono">
                {each.name}: {each.type.displayName}
              </div>
            ))}
          </dd>
          {definition.__typename === 'SolidDefinition' && definition.requiredResources.length > 0 && (
            <>
              <dt>Resources</dt>
              <dd className="mono">
                {definition.requiredResources.map((each) => each.resourceKey).join(', ')}
              </dd>
            </>
          )}
          {definition.assetNodes.length > 0 && (
            <>
              <dt>Assets</dt>
              <dd>
                {definition.assetNodes.map((each) => (
                  <div key={each.id}>
                    <Link to={assetPath(each.assetKey)}>{keyToText(each.assetKey)}</Link>
                  </div>
                ))}
              </dd>
            </>
          )}
        </dl>
      </div>
    </aside>
  )
}

export function OpGraph({ job }: { job: JobInfo }) {
  const [params, change] = useUrlParams()
  const inside = params.get('in') ?? ''
  const chosenId = params.get('op') ?? undefined
  const level = useMemo(() => opsAt(job.solidHandles, inside), [job, inside])
  const byId = useMemo(() => new Map(level.handles.map((handle) => [handle.handleID, handle])), [level])
  const layout = useMemo(
    () =>
      layoutGraph(
        level.handles.map((handle) => ({ id: handle.handleID })),
        level.edges,
        { nodeWidth, nodeHeight, gapX: 64, gapY: 26 },
      ),
    [level],
  )
  const paint = useCallback(
    (id: string) => ({ label: byId.get(id)?.solid.name ?? id, colour: '#8796a0' }),
    [byId],
  )
  const renderCard = useCallback(
    (id: string) => {
      const handle = byId.get(id)
      if (!handle) return null
      const isGraph = handle.solid.definition.__typename === 'CompositeSolidDefinition'
      return (
        <div className={id === chosenId ? 'node node-chosen' : 'node'} title={handle.solid.name}>
          <span className="clip node-title">{handle.solid.name}</span>
          <span className="node-sub clip">
            {isGraph ? 'graph' : handle.solid.isDynamicMapped ? 'mapped op' : 'op'}
            {handle.solid.definition.outputDefinitions.length > 1 &&
              ` · ${handle.solid.definition.outputDefinitions.length} outputs`}
          </span>
        </div>
      )
    },
    [byId, chosenId],
  )
  if (level.handles.length === 0) return <Empty title="No ops">This graph contains nothing.</Empty>
  const chosen = chosenId ? byId.get(chosenId) : undefined
  return (
    <>
      {inside && (
        <nav className="row" aria-label="Graph path">
          <button type="button" className="tag" onClick={() => change({ in: undefined, op: undefined })}>
            {job.name}
          </button>
          {crumbs(inside).map((id) => (
            <button key={id} type="button" className="tag" onClick={() => change({ in: id, op: undefined })}>
              {id.split('.').at(-1)}
            </button>
          ))}
        </nav>
      )}
      <GraphView
        layout={layout}
        nodeWidth={nodeWidth}
        nodeHeight={nodeHeight}
        label={`Ops of ${job.name}`}
        paint={paint}
        renderCard={renderCard}
        onPick={(op) => change({ op })}
      >
        {chosen && (
          <OpDetails
            handle={chosen}
            onClose={() => change({ op: undefined })}
            onEnter={() => change({ in: chosen.handleID, op: undefined })}
          />
        )}
      </GraphView>
    </>
  )
}
