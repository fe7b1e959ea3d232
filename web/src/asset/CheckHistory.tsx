/** What a check said before: its executions, newest first, and its numbers over time. */
import { useState } from 'react'
import { Link } from 'react-router'
import { AssetCheckHistoryDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { runPath, shortId } from '../lib/names'
import { Button, SkeletonRows, Time } from '../ui/basics'
import { LinePlot } from '../ui/LinePlot'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { checkLook } from './checkLook'
import { numericSeries } from './plots'

const page = 25

export function CheckHistory({ assetKey, name }: { assetKey: { path: string[] }; name: string }) {
  const [limit, setLimit] = useState(page)
  const query = useGql(
    AssetCheckHistoryDocument,
    { assetKey: { path: assetKey.path }, checkName: name, limit },
    { keepPrevious: true },
  )
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
      {({ assetCheckExecutions: executions }) => {
        const series = numericSeries(
          executions.map((execution) => ({
            timestamp: String(execution.timestamp * 1000),
            metadataEntries: execution.evaluation?.metadataEntries ?? [],
          })),
        )
        return (
          <div className="stack">
            {series.length > 0 && (
              <div className="plots">
                {series.slice(0, 6).map((each) => (
                  <LinePlot key={each.label} label={each.label} points={each.points} />
                ))}
              </div>
            )}
            <table className="table">
              <tbody>
                {executions.map((execution) => {
                  const look = checkLook(execution)
                  return (
                    <tr key={execution.id}>
                      <td>
                        <span className="row">
                          <StatusDisc kind={look.disc} /> {look.label}
                        </span>
                      </td>
                      <td>
                        <Time at={execution.timestamp} absolute />
                      </td>
                      <td>
                        <Link className="mono" to={runPath(execution.runId)}>
                          {shortId(execution.runId)}
                        </Link>
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
            {executions.length >= limit && (
              <div>
                <Button small onClick={() => setLimit(limit * 4)}>
                  Show more
                </Button>
              </div>
            )}
          </div>
        )
      }}
    </QueryView>
  )
}
