/** Which events of a run are shown. Pure. */
import type { LogLevel, RunEventFragment } from '../graphql/generated/graphql'

export interface EventFilter {
  /** Upper-case levels that are hidden. */
  hidden: ReadonlySet<string>
  step: string
  text: string
}

/** Levels in the filter bar. EVENT stands for Dagster's structured events, which carry the level DEBUG. */
export const levels = ['EVENT', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const

export function levelOf(event: RunEventFragment): (typeof levels)[number] {
  if (event.__typename === 'LogMessageEvent') return event.level as LogLevel
  return event.level === 'ERROR' || event.level === 'CRITICAL' ? event.level : 'EVENT'
}

function haystack(event: RunEventFragment): string {
  const parts = [event.message, event.stepKey ?? '', event.eventType ?? '']
  if ('error' in event && event.error) parts.push(event.error.message)
  if ('assetKey' in event && event.assetKey) parts.push(event.assetKey.path.join('/'))
  return parts.join('\n').toLowerCase()
}

export function filterEvents(events: readonly RunEventFragment[], filter: EventFilter): RunEventFragment[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return events.filter((event) => {
    if (filter.hidden.has(levelOf(event))) return false
    if (filter.step && event.stepKey !== filter.step) return false
    if (words.length === 0) return true
    const text = haystack(event)
    return words.every((word) => text.includes(word))
  })
}

/** `ExecutionStepStartEvent` and the like in words; the server's own type name where it has one. */
export function eventName(event: RunEventFragment): string {
  const name = event.eventType ?? event.__typename.replace(/Event$/, '').replace(/([a-z])([A-Z])/g, '$1_$2')
  return name.toUpperCase() === 'LOG_MESSAGE' ? '' : name.toUpperCase()
}

const quiet: Partial<Record<RunEventFragment['__typename'], string>> = {
  RunEnqueuedEvent: 'The run waits in the queue.',
  RunDequeuedEvent: 'The run left the queue.',
  RunStartingEvent: 'The run is being launched.',
  RunCancelingEvent: 'The run was asked to stop.',
}

/** Words for events which come without a message. */
export function quietText(event: RunEventFragment): string {
  return quiet[event.__typename] ?? ''
}
