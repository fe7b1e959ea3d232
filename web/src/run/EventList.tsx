/** The events of a run: virtualized, following the newest until the reader scrolls up. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import type { RunEventFragment } from '../graphql/generated/graphql'
import { assetPath, keyToText } from '../lib/names'
import { clockMillis, duration, utcTime } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, SearchInput, SkeletonRows } from '../ui/basics'
import { PythonErrorView } from '../ui/ErrorView'
import { MetadataList, type MetadataEntry } from '../ui/Metadata'
import { eventName, filterEvents, levelOf, levels, quietText } from './eventFilter'
import { causeLine } from '../ui/pythonError'
import type { RunLog } from './useRunLog'
import './events.css'

function Subject({ event }: { event: RunEventFragment }) {
  if ('assetKey' in event && event.assetKey) {
    return (
      <Link to={assetPath(event.assetKey)}>
        {keyToText(event.assetKey)}
        {'partition' in event && event.partition ? ` [${event.partition}]` : ''}
      </Link>
    )
  }
  if (event.__typename === 'AssetCheckEvaluationEvent') {
    const { evaluation } = event
    return (
      <span
        className={
          evaluation.success
            ? 'tag tag-success'
            : `tag tag-${evaluation.severity === 'WARN' ? 'warning' : 'failure'}`
        }
      >
        {evaluation.checkName} {evaluation.success ? 'passed' : 'did not pass'}
      </span>
    )
  }
  return null
}

function metadataOf(event: RunEventFragment): readonly MetadataEntry[] {
  if (event.__typename === 'ExecutionStepFailureEvent') return event.failureMetadata?.metadataEntries ?? []
  if (event.__typename === 'AssetCheckEvaluationEvent') return event.evaluation.metadataEntries
  return 'metadataEntries' in event ? event.metadataEntries : []
}

function Details({ event }: { event: RunEventFragment }) {
  const metadata = metadataOf(event)
  const error = 'error' in event ? event.error : undefined
  return (
    <div className="ev-details">
      {event.message.includes('\n') && <pre className="code">{event.message}</pre>}
      {'description' in event && event.description && <p>{event.description}</p>}
      {error && <PythonErrorView error={error} />}
      {metadata.length > 0 && <MetadataList entries={metadata} />}
      <p className="muted">{utcTime(Number(event.timestamp) / 1000)}</p>
    </div>
  )
}

function hasDetails(event: RunEventFragment): boolean {
  return (
    event.message.includes('\n') ||
    ('error' in event && event.error != null) ||
    metadataOf(event).length > 0 ||
    event.__typename === 'AssetCheckEvaluationEvent'
  )
}

function Row(props: { event: RunEventFragment; origin: number; open: boolean; onToggle: () => void }) {
  const { event } = props
  const level = levelOf(event)
  const ms = Number(event.timestamp)
  const expandable = hasDetails(event)
  const name = eventName(event)
  const cause = 'error' in event ? causeLine(event.error) : undefined
  return (
    <div className={`ev ev-${level.toLowerCase()} ${event.__typename}`}>
      <div className="ev-line" onClick={expandable ? props.onToggle : undefined}>
        <time
          className="ev-time"
          title={`${utcTime(ms / 1000)}\n+${duration((ms - props.origin) / 1000)} since the first event`}
        >
          {clockMillis(ms)}
        </time>
        <span className="ev-step clip" title={event.stepKey ?? undefined}>
          {event.stepKey}
        </span>
        <span className="ev-kind clip" title={name}>
          {name || level}
        </span>
        <span className="ev-message">
          <Subject event={event} /> {event.message.split('\n')[0] || quietText(event)}
          {expandable && (
            <button type="button" className="ev-more" aria-expanded={props.open} aria-label="Details">
              {props.open ? 'less' : 'more'}
            </button>
          )}
          {cause && !props.open && <span className="ev-cause">{cause}</span>}
        </span>
      </div>
      {props.open && <Details event={event} />}
    </div>
  )
}

export function EventList({ log, stepKeys }: { log: RunLog; stepKeys: string[] }) {
  const [params, change] = useUrlParams()
  const text = params.get('q') ?? ''
  const step = params.get('step') ?? ''
  const hiddenText = params.get('hide') ?? ''
  const hidden = useMemo(() => new Set(hiddenText.split(',').filter(Boolean)), [hiddenText])
  const events = useMemo(
    () => filterEvents(log.events, { hidden, step, text }),
    [log.events, hidden, step, text],
  )
  const [follow, setFollow] = useState(true)
  const [open, setOpen] = useState<ReadonlySet<RunEventFragment>>(new Set())
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 20,
  })
  const count = events.length
  useEffect(() => {
    if (follow && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' })
  }, [count, follow, virtual])

  const toggleLevel = (level: string) => {
    const next = new Set(hidden)
    if (!next.delete(level)) next.add(level)
    change({ hide: [...next].join(',') })
  }
  const toggle = (event: RunEventFragment) => {
    const next = new Set(open)
    if (!next.delete(event)) next.add(event)
    setFollow(false)
    setOpen(next)
  }
  const onScroll = () => {
    const box = scroller.current
    if (box) setFollow(box.scrollHeight - box.scrollTop - box.clientHeight < 40)
  }
  const origin = Number(log.events[0]?.timestamp ?? 0)

  return (
    <section className="events" aria-label="Events">
      <div className="toolbar events-bar">
        <SearchInput value={text} label="Search events" onChange={(q) => change({ q })} />
        <select
          className="select"
          aria-label="Step"
          value={step}
          onChange={(event) => change({ step: event.target.value })}
        >
          <option value="">All steps</option>
          {stepKeys.map((key) => (
            <option key={key}>{key}</option>
          ))}
        </select>
        <div className="segments levels" role="group" aria-label="Levels">
          {levels.map((level) => (
            <button
              key={level}
              type="button"
              aria-pressed={!hidden.has(level)}
              onClick={() => toggleLevel(level)}
            >
              {level.toLowerCase()}
            </button>
          ))}
        </div>
        <span className="push muted nowrap">
          {count === log.events.length
            ? count.toLocaleString()
            : `${count.toLocaleString()} of ${log.events.length.toLocaleString()}`}{' '}
          events
        </span>
        <Button small icon="down" aria-pressed={follow} disabled={follow} onClick={() => setFollow(true)}>
          {follow ? 'Following' : 'Follow'}
        </Button>
      </div>
      <div
        className="events-list"
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        tabIndex={0}
        aria-label="Event list"
      >
        {!log.complete && log.events.length === 0 ? (
          <SkeletonRows rows={10} />
        ) : count === 0 ? (
          <Empty small title={log.events.length ? 'No event passes the filter' : 'No events yet'}>
            {log.events.length
              ? 'Clear the search or switch levels back on.'
              : 'They appear here as the run writes them.'}
          </Empty>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => (
              <div
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                className="ev-place"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row
                  event={events[item.index]!}
                  origin={origin}
                  open={open.has(events[item.index]!)}
                  onToggle={() => toggle(events[item.index]!)}
                />
              </div>
            ))}
          </div>
        )}
      </div>
    </section>
  )
}
