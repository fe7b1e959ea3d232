/** When each step of a run ran. Bars move while it runs; clicking a step filters the events below. */
import { useMemo } from 'react'
import { duration, localTime } from '../lib/time'
import { useNow } from '../lib/useNow'
import { Empty } from '../ui/basics'
import { niceScale } from '../ui/LinePlot'
import { StatusDisc } from '../ui/StatusDisc'
import { stepDisc, stepLabel, stepSeconds, type Step } from './steps'
import './gantt.css'

interface GanttProps {
  steps: Step[]
  start: number | undefined
  end: number | undefined
  active: boolean
  chosen: string
  onChoose: (key: string) => void
}

function barClass(step: Step, last: boolean): string {
  if (!last) return 'gantt-bar gantt-retrying'
  return `gantt-bar gantt-${step.state}`
}

export function Gantt({ steps, start, end, active, chosen, onChoose }: GanttProps) {
  const now = useNow(active) / 1000
  const to = Math.max(end ?? (active ? now : (start ?? 0)), start ?? 0)
  const from = start ?? to
  const span = Math.max(to - from, 0.5)
  const scale = useMemo(() => niceScale(0, span, 6), [span])
  const percent = (at: number) => `${Math.min(100, Math.max(0, ((at - from) / span) * 100))}%`
  const upstream = new Set(steps.find((step) => step.key === chosen)?.dependsOn)
  if (steps.length === 0)
    return (
      <Empty small title="No steps yet">
        The plan appears when the run is created.
      </Empty>
    )
  return (
    <div className="gantt" role="group" aria-label="Steps">
      <div className="gantt-row gantt-axis" aria-hidden>
        <span />
        <div className="gantt-track">
          {scale.ticks
            .filter((tick) => tick <= span)
            .map((tick) => (
              <span key={tick} className="gantt-tick" style={{ left: `${(tick / span) * 100}%` }}>
                {tick === 0 ? localTime(from) : `+${duration(tick)}`}
              </span>
            ))}
        </div>
        <span />
      </div>
      <div className="gantt-rows">
        {steps.map((step) => (
          <button
            type="button"
            key={step.key}
            className={`gantt-row${upstream.has(step.key) ? ' gantt-upstream' : ''}`}
            aria-pressed={chosen === step.key}
            title={`${step.key}: ${stepLabel[step.state]}${step.dependsOn.length ? `\nafter ${step.dependsOn.join(', ')}` : ''}`}
            onClick={() => onChoose(chosen === step.key ? '' : step.key)}
          >
            <span className="gantt-name row">
              <StatusDisc kind={stepDisc[step.state]} label={stepLabel[step.state]} size={13} />
              <span className="clip">{step.key}</span>
            </span>
            <span className="gantt-track">
              {step.preparing !== undefined && (
                <span
                  className="gantt-bar gantt-starting"
                  style={{
                    left: percent(step.preparing),
                    right: `calc(100% - ${percent(step.attempts[0]?.start ?? to)})`,
                  }}
                />
              )}
              {step.attempts.map((attempt, index) => (
                <span
                  key={index}
                  className={barClass(step, index === step.attempts.length - 1)}
                  style={{
                    left: percent(attempt.start),
                    right: `calc(100% - ${percent(attempt.end ?? to)})`,
                  }}
                />
              ))}
            </span>
            <span className="gantt-time">
              {step.attempts.length > 0 ? duration(stepSeconds(step, now)) : ''}
            </span>
          </button>
        ))}
      </div>
    </div>
  )
}
