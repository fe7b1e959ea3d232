import { useMemo } from 'react'
import { Link, useLocation, useParams } from 'react-router'
import { Page } from '../app/Page'
import { GroupDot } from '../assets/GroupDot'
import { assetStatuses, failedRun, statusLook, useAssetStatuses } from '../assets/statusStore'
import { expectType } from '../graphql/errors'
import { AssetEventsDocument, AssetPageDocument, type AssetPageQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { MaterializeButton } from '../launch/MaterializeButton'
import {
  assetPath,
  jobPath,
  keyToId,
  keyToText,
  repoAddressToText,
  runPath,
  schedulePath,
  sensorPath,
  shortId,
} from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Empty, Panel, SkeletonRows, Tabs, Tag, Time } from '../ui/basics'
import { Icon } from '../ui/Icon'
import { LinePlot } from '../ui/LinePlot'
import { Markdown } from '../ui/Markdown'
import { MetadataList } from '../ui/Metadata'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { AssetMenu } from './AssetMenu'
import { Checks } from './Checks'
import { Evaluations } from './Evaluations'
import { Events } from './Events'
import { Neighbours } from './Neighbours'
import { Partitions } from './Partitions'
import { numericSeries } from './plots'
import './asset.css'

type Definition = Extract<AssetPageQuery['assetNodeOrError'], { __typename: 'AssetNode' }>

function KeyLinks({ keys, empty }: { keys: readonly { path: string[] }[]; empty: string }) {
  if (keys.length === 0) return <span className="muted">{empty}</span>
  return (
    <span className="row wrap">
      {keys.slice(0, 20).map((key) => (
        <Link key={keyToText(key)} className="tag" to={assetPath(key)}>
          {keyToText(key)}
        </Link>
      ))}
      {keys.length > 20 && <span className="muted">and {keys.length - 20} more</span>}
    </span>
  )
}

function Facts({ node }: { node: Definition }) {
  const repo = { repository: node.repository.name, location: node.repository.location.name }
  // Kinds are stored as tags; they have a line of their own.
  const tags = node.tags.filter((tag) => !tag.key.startsWith('dagster/kind/'))
  const jobs = node.jobNames.filter((name) => !name.startsWith('__'))
  return (
    <Panel title="Definition">
      <div className="panel-body">
        <dl className="defs">
          <dt>Group</dt>
          <dd>
            <Link className="tag" to={`/lineage?group=${encodeURIComponent(node.groupName)}`}>
              <GroupDot group={node.groupName} />
              {node.groupName}
            </Link>
          </dd>
          <dt>Depends on</dt>
          <dd>
            <KeyLinks keys={node.dependencyKeys} empty="nothing" />
          </dd>
          <dt>Used by</dt>
          <dd>
            <KeyLinks keys={node.dependedByKeys} empty="nothing" />
          </dd>
          {node.kinds.length > 0 && (
            <>
              <dt>Kinds</dt>
              <dd className="row wrap">
                {node.kinds.map((kind) => (
                  <Tag key={kind}>{kind}</Tag>
                ))}
              </dd>
            </>
          )}
          {node.owners.length > 0 && (
            <>
              <dt>Owners</dt>
              <dd>
                {node.owners
                  .map((owner) => (owner.__typename === 'UserAssetOwner' ? owner.email : owner.team))
                  .join(', ')}
              </dd>
            </>
          )}
          {tags.length > 0 && (
            <>
              <dt>Tags</dt>
              <dd className="row wrap">
                {tags.map((tag) => (
                  <Tag key={tag.key}>{tag.value ? `${tag.key}: ${tag.value}` : tag.key}</Tag>
                ))}
              </dd>
            </>
          )}
          {node.partitionDefinition && (
            <>
              <dt>Partitions</dt>
              <dd>{node.partitionDefinition.description}</dd>
            </>
          )}
          {node.automationCondition && (
            <>
              <dt>Automation</dt>
              <dd>{node.automationCondition.label ?? node.automationCondition.expandedLabel.join(' ')}</dd>
            </>
          )}
          {node.targetingInstigators.length > 0 && (
            <>
              <dt>Launched by</dt>
              <dd className="row wrap">
                {node.targetingInstigators.map((each) => (
                  <Link
                    key={each.id}
                    className="tag"
                    to={
                      each.__typename === 'Schedule'
                        ? schedulePath(repo, each.name)
                        : sensorPath(repo, each.name)
                    }
                  >
                    <Icon name={each.__typename === 'Schedule' ? 'automation' : 'spark'} size={12} />{' '}
                    {each.name}
                  </Link>
                ))}
              </dd>
            </>
          )}
          {jobs.length > 0 && (
            <>
              <dt>Jobs</dt>
              <dd className="row wrap">
                {jobs.map((name) => (
                  <Link key={name} className="tag" to={jobPath(repo, name)}>
                    {name}
                  </Link>
                ))}
              </dd>
            </>
          )}
          <dt>Code location</dt>
          <dd>
            <Link to={`/deployment?location=${encodeURIComponent(repo.location)}`}>
              {repoAddressToText(repo)}
            </Link>
          </dd>
          {node.opVersion && (
            <>
              <dt>Code version</dt>
              <dd className="mono">{node.opVersion}</dd>
            </>
          )}
          {(node.requiredResources?.length ?? 0) > 0 && (
            <>
              <dt>Resources</dt>
              <dd className="mono">{node.requiredResources!.map((each) => each.resourceKey).join(', ')}</dd>
            </>
          )}
          {node.pools.length > 0 && (
            <>
              <dt>Pools</dt>
              <dd className="mono">{node.pools.join(', ')}</dd>
            </>
          )}
        </dl>
      </div>
    </Panel>
  )
}

function Overview({ node }: { node: Definition }) {
  const query = useGql(
    AssetEventsDocument,
    { assetKey: { path: node.assetKey.path }, limit: 60 },
    { poll: 6_000 },
  )
  return (
    <div className="grid-main">
      <div className="stack">
        <Panel title="Description">
          <div className="panel-body">
            {node.description ? (
              <Markdown text={node.description} />
            ) : (
              <p className="muted">None. A docstring of the asset’s function would stand here.</p>
            )}
          </div>
        </Panel>
        <QueryView query={query} skeleton={<SkeletonRows rows={5} />}>
          {(data) => {
            const events =
              data.assetOrError.__typename === 'Asset' ? data.assetOrError.assetMaterializations : []
            const latest = events[0]
            const series = numericSeries(events)
            return (
              <>
                <Panel
                  title="Latest materialization"
                  actions={
                    latest && (
                      <>
                        {latest.partition && <Tag>{latest.partition}</Tag>}
                        {latest.runId && <Link to={runPath(latest.runId)}>run {shortId(latest.runId)}</Link>}
                        <Time at={Number(latest.timestamp) / 1000} />
                      </>
                    )
                  }
                >
                  {latest ? (
                    <div className="panel-body stack">
                      {latest.description && <p>{latest.description}</p>}
                      <MetadataList entries={latest.metadataEntries} />
                    </div>
                  ) : (
                    <Empty small title="Never materialized">
                      {node.isMaterializable
                        ? 'Press Materialize: a run executes its code and records the result here.'
                        : 'It is made outside of Dagster; events reported for it appear here.'}
                    </Empty>
                  )}
                </Panel>
                {series.length > 0 && (
                  <Panel title="Over time">
                    <div className="panel-body plots">
                      {series.slice(0, 12).map((each) => (
                        <LinePlot key={each.label} label={each.label} points={each.points} />
                      ))}
                    </div>
                  </Panel>
                )}
              </>
            )
          }}
        </QueryView>
        {node.metadataEntries.length > 0 && (
          <Panel title="Metadata of the definition">
            <div className="panel-body">
              <MetadataList entries={node.metadataEntries} />
            </div>
          </Panel>
        )}
      </div>
      <Facts node={node} />
    </div>
  )
}

function causeText(cause: NonNullable<Definition['staleCauses']>[number]): string {
  return cause.dependency ? `${keyToText(cause.dependency)} ${cause.reason}` : cause.reason
}

function AssetView({ node }: { node: Definition }) {
  const [params] = useUrlParams()
  const { pathname } = useLocation()
  const id = keyToId(node.assetKey)
  useAssetStatuses(useMemo(() => [id], [id]))
  const status = assetStatuses.get(id)
  const look = statusLook(status)
  const failed = status && !status.partitions && look?.disc === 'failure' ? failedRun(status) : undefined
  const causes = node.staleCauses ?? []
  const tab = params.get('tab') ?? 'overview'
  const to = (name: string) => ({ pathname, search: name === 'overview' ? '' : `?tab=${name}` })
  const repo = { repository: node.repository.name, location: node.repository.location.name }
  const tabs = [
    ['overview', 'Overview'],
    ...(node.isPartitioned ? [['partitions', 'Partitions']] : []),
    ['checks', 'Checks'],
    ['events', 'Events'],
    ...(node.automationCondition ? [['automation', 'Automation']] : []),
    ['lineage', 'Lineage'],
  ] as [string, string][]
  return (
    <Page
      fill={tab === 'lineage'}
      title={keyToText(node.assetKey)}
      meta={
        look && (
          <>
            <span className="row">
              <StatusDisc kind={look.disc} size={16} />
              {look.label}
            </span>
            {status?.latest && (
              <span>
                made <Time at={Number(status.latest.timestamp) / 1000} />
              </span>
            )}
            {[...(status?.running ?? []), ...(status?.queued ?? [])].slice(0, 3).map((runId) => (
              <Link key={runId} to={runPath(runId)}>
                run {shortId(runId)}
              </Link>
            ))}
            {failed && (
              <span>
                <Link to={`${runPath(failed.runId)}?q=failure`}>run {shortId(failed.runId)}</Link> failed{' '}
                <Time at={failed.at} />
              </span>
            )}
            {(status?.partitions?.numFailed ?? 0) > 0 && (
              <Link to={`${pathname}?tab=partitions&state=failed`}>see which</Link>
            )}
            {status?.stale === 'STALE' && causes.length > 0 && (
              <span className="muted" title={causes.map(causeText).join('\n')}>
                {causeText(causes[0]!)}
              </span>
            )}
          </>
        )
      }
      actions={
        <>
          <MaterializeButton
            assetKeys={[node.assetKey]}
            disabled={!node.isMaterializable || !node.hasMaterializePermission}
          />
          <AssetMenu
            assetKey={node.assetKey}
            isPartitioned={node.isPartitioned}
            mayReport={node.hasReportRunlessAssetEventPermission}
            mayWipe={node.hasWipePermission}
          />
        </>
      }
      tabs={
        <Tabs
          label="Asset"
          items={tabs.map(([name, label]) => ({ to: to(name), label, current: tab === name }))}
        />
      }
    >
      {tab === 'partitions' ? (
        <Partitions assetKey={node.assetKey} canMaterialize={node.isMaterializable} />
      ) : tab === 'checks' ? (
        <Checks assetKey={node.assetKey} repo={repo} />
      ) : tab === 'events' ? (
        <Events assetKey={node.assetKey} />
      ) : tab === 'automation' ? (
        <Evaluations assetKey={node.assetKey} isPartitioned={node.isPartitioned} />
      ) : tab === 'lineage' ? (
        <Neighbours assetKey={node.assetKey} />
      ) : (
        <Overview node={node} />
      )}
    </Page>
  )
}

/** An asset known only from its events: no loaded code location defines it. */
function Undefined({ assetKey }: { assetKey: { path: string[] } }) {
  return (
    <Page title={keyToText(assetKey)} meta={<span>no definition in any loaded code location</span>}>
      <Events assetKey={assetKey} />
    </Page>
  )
}

export default function AssetPage() {
  const splat = useParams()['*'] ?? ''
  const assetKey = { path: splat.split('/').filter(Boolean) }
  const query = useGql(AssetPageDocument, { assetKey }, { poll: 15_000 })
  return (
    <QueryView query={query} pageTitle={keyToText(assetKey)}>
      {(data) =>
        data.assetNodeOrError.__typename === 'AssetNotFoundError' ? (
          <Undefined assetKey={assetKey} />
        ) : (
          <AssetView key={splat} node={expectType(data.assetNodeOrError, 'AssetNode')} />
        )
      }
    </QueryView>
  )
}
