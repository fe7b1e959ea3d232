/** What an asset's automation condition came to at each evaluation, and why. */
import { useState } from 'react'
import { Link } from 'react-router'
import { expectType } from '../graphql/errors'
import { AssetEvaluationsDocument, EvaluationPartitionsDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { plural, runPath, shortId } from '../lib/names'
import { duration } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, Panel, SkeletonRows, Tag, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import {
  conditionTree,
  nodeText,
  outcomeOf,
  type ConditionTree,
  type Evaluation,
  type EvaluationNode,
  type Outcome,
} from './evaluations'
import './evaluations.css'

const pageSize = 30
const looks: Record<Outcome, { disc: DiscKind; label: string }> = {
  true: { disc: 'success', label: 'true' },
  partly: { disc: 'stale', label: 'true in part' },
  false: { disc: 'none', label: 'false' },
  skipped: { disc: 'skipped', label: 'not asked' },
}

interface Asset {
  assetKey: { path: string[] }
  isPartitioned: boolean
}

function requestedText(evaluation: Evaluation, isPartitioned: boolean): string {
  const requested = evaluation.numRequested ?? 0
  if (requested === 0) return 'nothing requested'
  return isPartitioned ? `requested ${plural(requested, 'partition')}` : 'requested'
}

function PartitionList({ asset, evaluationId, node }: { asset: Asset; evaluationId: string; node: string }) {
  const assetKey = { path: asset.assetKey.path }
  const query = useGql(EvaluationPartitionsDocument, { assetKey, evaluationId, node })
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={1} />}>
      {({ truePartitionsForAutomationConditionEvaluationNode: keys }) => (
        <p className="row wrap ev-keys">
          {keys.slice(0, 60).map((key) => (
            <Tag key={key}>{key}</Tag>
          ))}
          {keys.length > 60 && <span className="muted">and {keys.length - 60} more</span>}
        </p>
      )}
    </QueryView>
  )
}

function NodeRow(props: { tree: ConditionTree; depth: number; asset: Asset; evaluationId: string }) {
  const { tree, depth, asset, evaluationId } = props
  const { node, children } = tree
  const outcome = outcomeOf(node)
  const [open, setOpen] = useState(depth < 3 || outcome !== 'skipped')
  const [keys, setKeys] = useState(false)
  const took = seconds(node)
  return (
    <li>
      <div className="ev-node" style={{ paddingLeft: 6 + depth * 20 }}>
        {children.length > 0 ? (
          <Button
            small
            look="quiet"
            icon="chevron"
            className={open ? 'ev-fold ev-open' : 'ev-fold'}
            aria-expanded={open}
            aria-label={open ? 'Hide the parts' : 'Show the parts'}
            onClick={() => setOpen(!open)}
          />
        ) : (
          <span className="ev-fold" />
        )}
        <StatusDisc kind={looks[outcome].disc} label={looks[outcome].label} />
        <span className={outcome === 'skipped' ? 'muted ev-text' : 'ev-text'}>{nodeText(node)}</span>
        {node.entityKey.__typename === 'AssetKey' &&
          node.entityKey.path.join('/') !== asset.assetKey.path.join('/') && (
            <Tag>{node.entityKey.path.join('/')}</Tag>
          )}
        <span className="push row soft nowrap">
          {node.isPartitioned && node.numTrue != null ? (
            node.numTrue > 0 ? (
              <button type="button" className="link" aria-expanded={keys} onClick={() => setKeys(!keys)}>
                {plural(node.numTrue, 'partition')}
              </button>
            ) : (
              '0 partitions'
            )
          ) : (
            looks[outcome].label
          )}
          {node.isPartitioned && node.numCandidates != null && (
            <span className="muted">of {node.numCandidates.toLocaleString()}</span>
          )}
          {took !== undefined && <span className="muted">{duration(took)}</span>}
        </span>
      </div>
      {keys && <PartitionList asset={asset} evaluationId={evaluationId} node={node.uniqueId} />}
      {open && children.length > 0 && (
        <ul className="ev-tree">
          {children.map((child) => (
            <NodeRow key={child.node.uniqueId} {...props} tree={child} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  )
}

function seconds(node: EvaluationNode): number | undefined {
  return node.startTimestamp != null && node.endTimestamp != null
    ? node.endTimestamp - node.startTimestamp
    : undefined
}

function Details({ asset, evaluation }: { asset: Asset; evaluation: Evaluation }) {
  const tree = conditionTree(evaluation)
  return (
    <Panel
      title={<Time at={evaluation.timestamp} absolute />}
      actions={
        <>
          <span className="soft">{requestedText(evaluation, asset.isPartitioned)}</span>
          {evaluation.runIds.slice(0, 3).map((runId) => (
            <Link key={runId} to={runPath(runId)}>
              run {shortId(runId)}
            </Link>
          ))}
        </>
      }
    >
      {tree && !evaluation.isLegacy ? (
        <ul className="ev-tree ev-root">
          <NodeRow
            key={evaluation.evaluationId}
            tree={tree}
            depth={0}
            asset={asset}
            evaluationId={evaluation.evaluationId}
          />
        </ul>
      ) : (
        <Empty small title="An evaluation of older rules">
          It was written by a version of Dagster that had no conditions yet.
        </Empty>
      )}
    </Panel>
  )
}

export function Evaluations({ assetKey, isPartitioned }: Asset) {
  const [params, change] = useUrlParams()
  const cursor = params.get('before') ?? undefined
  const query = useGql(
    AssetEvaluationsDocument,
    { assetKey: { path: assetKey.path }, limit: pageSize, cursor },
    { poll: cursor ? false : 5_000, keepPrevious: true },
  )
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={8} />}>
      {(data) => {
        const answer = data.assetConditionEvaluationRecordsOrError
        const { records } = expectType(answer, 'AssetConditionEvaluationRecords')
        const wanted = params.get('evaluation')
        const chosen = records.find((each) => each.evaluationId === wanted) ?? records[0]
        if (!chosen)
          return (
            <Empty title={cursor ? 'Nothing older' : 'Not evaluated yet'}>
              The condition is evaluated while the automation sensor of its code location is on; see{' '}
              <Link to="/automation?tab=sensors">sensors</Link>.
            </Empty>
          )
        return (
          <div className="ev-page">
            <Panel title="Evaluations">
              <ul className="ev-list">
                {records.map((each) => (
                  <li key={each.evaluationId}>
                    <button
                      type="button"
                      aria-current={each === chosen}
                      onClick={() => change({ evaluation: each.evaluationId })}
                    >
                      <StatusDisc
                        kind={(each.numRequested ?? 0) > 0 ? 'success' : 'none'}
                        label={requestedText(each, isPartitioned)}
                      />
                      <Time at={each.timestamp} />
                      <span className="push muted">
                        {(each.numRequested ?? 0) > 0 && isPartitioned ? each.numRequested : ''}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {(cursor || records.length === pageSize) && (
                <nav className="row panel-body" aria-label="Pages">
                  <Button small disabled={!cursor} onClick={() => change({ before: undefined })}>
                    Newest
                  </Button>
                  <Button
                    small
                    disabled={records.length < pageSize}
                    onClick={() => change({ before: records.at(-1)?.evaluationId }, { push: true })}
                  >
                    Older
                  </Button>
                </nav>
              )}
            </Panel>
            <Details asset={{ assetKey, isPartitioned }} evaluation={chosen} />
          </div>
        )
      }}
    </QueryView>
  )
}
