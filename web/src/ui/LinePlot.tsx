/** A small line plot of one numeric series over time; points can be hovered and read by a screen reader as a list. */
import { useState } from 'react'
import { localTime } from '../lib/time'

export interface Point {
  at: number
  value: number
}

export interface Scale {
  min: number
  max: number
  ticks: number[]
}

/** Round numbers around the data: 1, 2 or 5 times a power of ten apart. */
export function niceScale(low: number, high: number, count = 3): Scale {
  if (low === high) {
    const pad = Math.abs(low) * 0.1 || 1
    return niceScale(low - pad, high + pad, count)
  }
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power
  const min = Math.floor(low / step) * step
  const max = Math.ceil(high / step) * step
  const ticks = Array.from({ length: Math.round((max - min) / step) + 1 }, (_, index) => min + index * step)
  return { min, max, ticks }
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 })
const width = 420
const height = 120
const left = 44
const bottom = 18

export function LinePlot({ points, label }: { points: Point[]; label: string }) {
  const [hover, setHover] = useState<number | null>(null)
  const scale = niceScale(Math.min(...points.map((p) => p.value)), Math.max(...points.map((p) => p.value)))
  const first = points[0]?.at ?? 0
  const last = points.at(-1)?.at ?? 1
  const x = (at: number) => left + ((at - first) / (last - first || 1)) * (width - left - 8)
  const y = (value: number) => 6 + (1 - (value - scale.min) / (scale.max - scale.min)) * (height - bottom - 6)
  const shown = points[hover ?? points.length - 1]
  const nearest = (clientX: number, box: DOMRect) => {
    const at = ((clientX - box.left) / box.width) * width
    let best = 0
    points.forEach((point, index) => {
      if (Math.abs(x(point.at) - at) < Math.abs(x(points[best]!.at) - at)) best = index
    })
    return best
  }
  return (
    <figure className="plot">
      <figcaption className="row">
        <span className="clip">{label}</span>
        <span className="push mono">
          {shown && shown.value.toLocaleString(undefined, { maximumFractionDigits: 4 })}
        </span>
        <span className="muted nowrap">{shown && localTime(shown.at)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${label}: ${points.length} values, latest ${points.at(-1)?.value}`}
        onPointerMove={(event) =>
          setHover(nearest(event.clientX, event.currentTarget.getBoundingClientRect()))
        }
        onPointerLeave={() => setHover(null)}
      >
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line x1={left} x2={width - 8} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
            <text x={left - 6} y={y(tick) + 3.5} textAnchor="end" fontSize={10} fill="var(--ink-3)">
              {compact.format(tick)}
            </text>
          </g>
        ))}
        <polyline
          points={points.map((point) => `${x(point.at)},${y(point.value)}`).join(' ')}
          fill="none"
          stroke="var(--accent)"
          strokeWidth={1.6}
          strokeLinejoin="round"
        />
        {points.map((point, index) => (
          <circle
            key={index}
            cx={x(point.at)}
            cy={y(point.value)}
            r={index === hover ? 4 : points.length > 60 ? 0 : 2.2}
            fill={index === hover ? 'var(--spark)' : 'var(--accent)'}
          />
        ))}
        <text x={left} y={height - 4} fontSize={10} fill="var(--ink-3)">
          {localTime(first)}
        </text>
        <text x={width - 8} y={height - 4} fontSize={10} textAnchor="end" fill="var(--ink-3)">
          {localTime(last)}
        </text>
      </svg>
    </figure>
  )
}
