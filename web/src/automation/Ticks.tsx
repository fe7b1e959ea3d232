/** The ticks of one schedule or sensor: a timeline of the last day, a table, and one tick's details. */
import { Link } from 'react-router'
import { expectType } from '../graphql/errors'
import {
  TickDetailsDocument,
  TicksDocument,
  type InstigationTickStatus,
  type TickRowFragment,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { assetPath, keyToText, plural } from '../lib/names'
import { axisTime, clockMillis, localTime } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { useNow } from '../lib/useNow'
import { RunLink } from '../runs/RunBits'
import { Button, CopyText, Elapsed, Empty, Panel, SkeletonRows, Time } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { PythonErrorView } from '../ui/ErrorView'
import { causeLine } from '../ui/pythonError'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { tickLook } from './look'
import './ticks.css'

export interface InstigatorSelector {
  repositoryName: string
  repositoryLocationName: string
  name: string
}

const windows: Record<string, number> = { '1h': 3600, '6h': 21_600, '24h': 86_400 }
const colour: Record<InstigationTickStatus, string> = {
  STARTED: 'var(--running)',
  SKIPPED: 'var(--line-strong)',
  SUCCESS: 'var(--success)',
  FAILURE: 'var(--failure)',
}

function outcome(tick: TickRowFragment): string {
  if (tick.status === 'FAILURE') return causeLine(tick.error) ?? 'failed'
  if (tick.requestedAssetMaterializationCount > 0)
    return plural(tick.requestedAssetMaterializationCount, 'materialization')
  if (tick.runIds.length > 0) return plural(tick.runIds.length, 'run')
  return tick.skipReason ?? (tick.status === 'SKIPPED' ? 'nothing to do' : '')
}

function Timeline({
  ticks,
  span,
  onOpen,
}: {
  ticks: TickRowFragment[]
  span: number
  onOpen: (tickId: string) => void
}) {
  const now = useNow() / 1000
  const x = (at: number) => `${100 - ((now - at) / span) * 100}%`
  const marks = [0, 0.25, 0.5, 0.75]
  return (
    <div className="ticks-line" role="group" aria-label={`${ticks.length} ticks`}>
      {marks.map((mark) => (
        <span key={mark} className="ticks-mark" style={{ left: `${mark * 100}%` }}>
          {axisTime(now - span * (1 - mark))}
        </span>
      ))}
      {ticks
        .filter((tick) => tick.timestamp >= now - span)
        .map((tick) => (
          <button
            key={tick.id}
            type="button"
            aria-label={`Tick at ${localTime(tick.timestamp)}: ${tickLook[tick.status].label}`}
            className="ticks-dot"
            style={{ left: x(tick.timestamp), background: colour[tick.status] }}
            title={`${localTime(tick.timestamp)} ${tickLook[tick.status].label}: ${outcome(tick)}`}
            onClick={() => onOpen(tick.tickId)}
          />
        ))}
    </div>
  )
}

export function Ticks({ selector }: { selector: InstigatorSelector }) {
  const [params, change] = useUrlParams()
  const span = params.get('span') ?? '1h'
  const status = (params.get('status') ?? '') as InstigationTickStatus | ''
  const cursor = params.get('cursor') ?? undefined
  const variables = { selector, limit: 100, cursor, ...(status ? { statuses: [status] } : {}) }
  const query = useGql(TicksDocument, variables, { poll: cursor ? false : 4000, keepPrevious: true })
  const tickId = params.get('tick')
  return (
    <Panel
      title="Ticks"
      actions={
        <>
          <select
            className="select"
            aria-label="Outcome"
            value={status}
            onChange={(event) => change({ status: event.target.value, cursor: undefined })}
          >
            <option value="">All outcomes</option>
            {(Object.keys(tickLook) as InstigationTickStatus[]).map((each) => (
              <option key={each} value={each}>
                {tickLook[each].label}
              </option>
            ))}
          </select>
          <div className="segments" role="group" aria-label="Time shown">
            {Object.keys(windows).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={span === each}
                onClick={() => change({ span: each === '1h' ? undefined : each })}
              >
                {each}
              </button>
            ))}
          </div>
        </>
      }
    >
      <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
        {(data) => {
          const { ticks } = expectType(data.instigationStateOrError, 'InstigationState')
          if (ticks.length === 0) {
            return (
              <Empty small title="No ticks">
                {status
                  ? 'None with this outcome.'
                  : 'Turn it on, and each time it is evaluated leaves a tick here.'}
              </Empty>
            )
          }
          return (
            <>
              {!cursor && (
                <Timeline ticks={ticks} span={windows[span] ?? 3600} onOpen={(tick) => change({ tick })} />
              )}
              <div className="table-wrap ticks-table">
                <table className="table">
                  <tbody>
                    {ticks.map((tick) => (
                      <tr key={tick.id}>
                        <td className="nowrap">
                          <button
                            type="button"
                            className="link"
                            onClick={() => change({ tick: tick.tickId })}
                          >
                            <StatusDisc
                              kind={tickLook[tick.status].disc}
                              label={tickLook[tick.status].label}
                            />{' '}
                            <Time at={tick.timestamp} absolute />
                          </button>
                        </td>
                        <td>{tickLook[tick.status].label}</td>
                        <td className="soft ticks-outcome">{outcome(tick)}</td>
                        <td className="num">
                          <Elapsed from={tick.timestamp} to={tick.endTimestamp ?? tick.timestamp} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {(cursor || ticks.length === 100) && (
                <div className="panel-body row">
                  <Button small disabled={!cursor} onClick={() => change({ cursor: undefined })}>
                    Newest
                  </Button>
                  <Button
                    small
                    disabled={ticks.length < 100}
                    onClick={() => change({ cursor: ticks.at(-1)?.tickId }, { push: true })}
                  >
                    Older
                  </Button>
                </div>
              )}
            </>
          )
        }}
      </QueryView>
      {tickId && (
        <TickDialog selector={selector} tickId={tickId} onClose={() => change({ tick: undefined })} />
      )}
    </Panel>
  )
}

function TickDialog({
  selector,
  tickId,
  onClose,
}: {
  selector: InstigatorSelector
  tickId: string
  onClose: () => void
}) {
  const query = useGql(TickDetailsDocument, { selector, tickId })
  return (
    <Dialog wide title={`Tick of ${selector.name}`} onClose={onClose}>
      <QueryView query={query}>
        {(data) => {
          const { tick } = expectType(data.instigationStateOrError, 'InstigationState')
          return (
            <>
              <div className="row wrap">
                <StatusDisc kind={tickLook[tick.status].disc} />
                <strong>{tickLook[tick.status].label}</strong>
                <Time at={tick.timestamp} absolute />
                <span className="muted">
                  took <Elapsed from={tick.timestamp} to={tick.endTimestamp ?? tick.timestamp} />
                </span>
              </div>
              {tick.skipReason && <p>{tick.skipReason}</p>}
              {tick.error && <PythonErrorView error={tick.error} />}
              {tick.runs.length > 0 && (
                <Panel title={plural(tick.runs.length, 'run')}>
                  <div className="panel-body stack">
                    {tick.runs.map((run) => (
                      <RunLink key={run.id} run={run} />
                    ))}
                  </div>
                </Panel>
              )}
              {tick.requestedAssetKeys.length > 0 && (
                <p className="row wrap">
                  {tick.requestedAssetKeys.map((key) => (
                    <Link key={keyToText(key)} className="tag" to={assetPath(key)}>
                      {keyToText(key)}
                    </Link>
                  ))}
                </p>
              )}
              <dl className="defs">
                {tick.runKeys.length > 0 && (
                  <>
                    <dt>Run keys</dt>
                    <dd className="mono">{tick.runKeys.join(', ')}</dd>
                  </>
                )}
                {tick.cursor && (
                  <>
                    <dt>Cursor after</dt>
                    <dd>
                      <CopyText
                        text={tick.cursor}
                        shown={tick.cursor.length > 120 ? `${tick.cursor.slice(0, 120)}…` : tick.cursor}
                      />
                    </dd>
                  </>
                )}
              </dl>
              {tick.logEvents.events.length > 0 && (
                <pre className="code">
                  {tick.logEvents.events
                    .map(
                      (event) =>
                        `${clockMillis(Number(event.timestamp))} ${event.level.padEnd(7)} ${event.message}`,
                    )
                    .join('\n')}
                </pre>
              )}
            </>
          )
        }}
      </QueryView>
    </Dialog>
  )
}
