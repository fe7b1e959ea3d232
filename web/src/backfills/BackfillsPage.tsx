import { Link } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import { BackfillsDocument, type BackfillsQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { assetPath, backfillPath, keyToText, plural } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { RunsTabs } from '../runs/RunsTabs'
import { Button, Elapsed, Empty, Panel, SkeletonRows, Time } from '../ui/basics'
import { PythonErrorView } from '../ui/ErrorView'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { useBackfillActions } from './actions'
import { ProgressBar } from './ProgressBar'
import { backfillLook, progressOf } from './status'
import './backfills.css'

const pageSize = 30
type Backfill = Extract<
  BackfillsQuery['partitionBackfillsOrError'],
  { __typename: 'PartitionBackfills' }
>['results'][number]

function Row({ backfill }: { backfill: Backfill }) {
  const actions = useBackfillActions(backfill.id)
  const look = backfillLook(backfill.status)
  const assets = backfill.assetSelection ?? []
  return (
    <>
      <tr>
        <td>
          <Link className="mono" to={backfillPath(backfill.id)}>
            {backfill.id}
          </Link>
        </td>
        <td>
          {assets.length > 0 ? (
            <>
              {assets.slice(0, 2).map((key, index) => (
                <span key={keyToText(key)}>
                  {index > 0 && ', '}
                  <Link to={assetPath(key)}>{keyToText(key)}</Link>
                </span>
              ))}
              {assets.length > 2 && <span className="muted"> +{assets.length - 2}</span>}
            </>
          ) : (
            (backfill.title ?? backfill.partitionSetName)
          )}
        </td>
        <td>
          <span className={look.tone ? `tag tag-${look.tone}` : 'tag'}>
            <StatusDisc kind={look.disc} size={13} />
            {look.label}
          </span>
        </td>
        <td>
          {backfill.isAssetBackfill && backfill.partitionStatusCounts.length === 0 ? (
            <span className="soft">{plural(backfill.numPartitions ?? 0, 'partition')}</span>
          ) : (
            <ProgressBar progress={progressOf(backfill.partitionStatusCounts, backfill.numPartitions)} />
          )}
        </td>
        <td>
          <Time at={backfill.timestamp} />
        </td>
        <td className="num">
          <Elapsed from={backfill.timestamp} to={backfill.endTimestamp} />
        </td>
        <td className="num">
          {backfill.status === 'REQUESTED' && (
            <Button
              small
              look="danger"
              icon="stop"
              disabled={!backfill.hasCancelPermission}
              onClick={() => void actions.cancel()}
            >
              Cancel
            </Button>
          )}
        </td>
      </tr>
      {backfill.error && (
        <tr>
          <td colSpan={7}>
            <PythonErrorView error={backfill.error} />
          </td>
        </tr>
      )}
    </>
  )
}

export default function BackfillsPage() {
  const [params, change] = useUrlParams()
  const cursor = params.get('cursor') ?? undefined
  const query = useGql(
    BackfillsDocument,
    { cursor, limit: pageSize },
    { poll: cursor ? false : 5000, keepPrevious: true },
  )
  return (
    <Page title="Backfills" heading="Runs" tabs={<RunsTabs current="backfills" />}>
      <QueryView query={query} skeleton={<SkeletonRows rows={10} />}>
        {(data) => {
          const { results } = expectType(data.partitionBackfillsOrError, 'PartitionBackfills')
          return (
            <>
              <Panel>
                {results.length === 0 ? (
                  <Empty title="No backfills">
                    A backfill materializes many partitions. Open a partitioned asset, press Materialize and
                    choose more than one.
                  </Empty>
                ) : (
                  <div className="table-wrap">
                    <table className="table">
                      <thead>
                        <tr>
                          <th>Backfill</th>
                          <th>Target</th>
                          <th>Status</th>
                          <th>Partitions</th>
                          <th>Created</th>
                          <th className="num">Duration</th>
                          <th />
                        </tr>
                      </thead>
                      <tbody>
                        {results.map((backfill) => (
                          <Row key={backfill.id} backfill={backfill} />
                        ))}
                      </tbody>
                    </table>
                  </div>
                )}
              </Panel>
              {(cursor || results.length === pageSize) && (
                <nav className="row" aria-label="Pages">
                  <Button disabled={!cursor} onClick={() => change({ cursor: undefined })}>
                    Newest
                  </Button>
                  <Button
                    disabled={results.length < pageSize}
                    onClick={() => change({ cursor: results.at(-1)?.id }, { push: true })}
                  >
                    Older
                  </Button>
                </nav>
              )}
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
