/** Materializations and observations of an asset, newest first. */
import { useState } from 'react'
import { Link } from 'react-router'
import { expectType } from '../graphql/errors'
import {
  AssetEventsDocument,
  type AssetEventFragment,
  type AssetObservationFieldsFragment,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { runPath, shortId } from '../lib/names'
import { Button, Empty, Panel, SkeletonRows, Tag, Time } from '../ui/basics'
import { MetadataList } from '../ui/Metadata'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'

type Event = AssetEventFragment | AssetObservationFieldsFragment

export function mergeEvents(
  materializations: readonly AssetEventFragment[],
  observations: readonly AssetObservationFieldsFragment[],
): Event[] {
  return [...materializations, ...observations].sort((a, b) => Number(b.timestamp) - Number(a.timestamp))
}

function EventRow({ event, open, onToggle }: { event: Event; open: boolean; onToggle: () => void }) {
  const visible = event.tags.filter((tag) => !tag.key.startsWith('dagster/'))
  return (
    <>
      <tr>
        <td className="nowrap">
          <button type="button" className="link row" aria-expanded={open} onClick={onToggle}>
            <StatusDisc kind={event.__typename === 'MaterializationEvent' ? 'success' : 'stale'} />
            <Time at={Number(event.timestamp) / 1000} absolute />
          </button>
        </td>
        <td>{event.__typename === 'MaterializationEvent' ? 'Materialization' : 'Observation'}</td>
        <td className="mono">{event.partition}</td>
        <td>
          {event.runId ? (
            <Link
              className="mono"
              to={`${runPath(event.runId)}${event.stepKey ? `?step=${encodeURIComponent(event.stepKey)}` : ''}`}
            >
              {shortId(event.runId)}
            </Link>
          ) : (
            <span className="muted">reported</span>
          )}
        </td>
        <td className="soft">
          {event.metadataEntries.length > 0 && `${event.metadataEntries.length} metadata`}
        </td>
      </tr>
      {open && (
        <tr className="event-details">
          <td colSpan={5}>
            <div className="stack">
              {event.description && <p>{event.description}</p>}
              <MetadataList entries={event.metadataEntries} />
              {visible.length > 0 && (
                <div className="row wrap">
                  {visible.map((tag) => (
                    <Tag key={tag.key}>
                      {tag.key}: {tag.value}
                    </Tag>
                  ))}
                </div>
              )}
            </div>
          </td>
        </tr>
      )}
    </>
  )
}

export function Events({ assetKey, partition }: { assetKey: { path: string[] }; partition?: string }) {
  const [limit, setLimit] = useState(50)
  const [open, setOpen] = useState<string | null>(null)
  const variables = {
    assetKey: { path: assetKey.path },
    limit,
    ...(partition === undefined ? {} : { partitions: [partition] }),
  }
  const query = useGql(AssetEventsDocument, variables, { poll: 6_000, keepPrevious: true })
  return (
    <Panel title="Events">
      <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
        {(data) => {
          const answer = data.assetOrError
          const events =
            answer.__typename === 'AssetNotFoundError'
              ? []
              : mergeEvents(
                  expectType(answer, 'Asset').assetMaterializations,
                  expectType(answer, 'Asset').assetObservations,
                )
          if (events.length === 0) {
            return (
              <Empty small title="No events yet">
                Each materialization and observation is listed here with the metadata your code attached.
              </Empty>
            )
          }
          return (
            <>
              <div className="table-wrap">
                <table className="table">
                  <tbody>
                    {events.map((event) => {
                      const id = `${event.timestamp}${event.runId}${event.partition}`
                      return (
                        <EventRow
                          key={id}
                          event={event}
                          open={open === id}
                          onToggle={() => setOpen(open === id ? null : id)}
                        />
                      )
                    })}
                  </tbody>
                </table>
              </div>
              {events.length >= limit && (
                <div className="panel-body">
                  <Button small onClick={() => setLimit(limit * 4)}>
                    Show more
                  </Button>
                </div>
              )}
            </>
          )
        }}
      </QueryView>
    </Panel>
  )
}
