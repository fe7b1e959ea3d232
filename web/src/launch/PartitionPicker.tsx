/** Chooses partitions of one dimension: as text with ranges, by quick buttons, or by dragging over a bar. */
import { useRef, useState } from 'react'
import { plural } from '../lib/names'
import { Button } from '../ui/basics'
import { keysToText, parseKeys, type Dimension } from './materialize'

interface PickerProps {
  dimension: Dimension
  picked: readonly string[]
  onPick: (keys: string[]) => void
  missing?: readonly string[]
}

export function PartitionPicker({ dimension, picked, onPick, missing }: PickerProps) {
  const keys = dimension.partitionKeys
  const [draft, setDraft] = useState<string | null>(null)
  const [drag, setDrag] = useState<number | null>(null)
  const bar = useRef<SVGSVGElement>(null)
  const text = draft ?? keysToText(picked, keys)
  const { unknown } = parseKeys(text, keys)
  const chosen = new Set(picked)

  const indexAt = (clientX: number) => {
    const box = bar.current!.getBoundingClientRect()
    return Math.min(
      keys.length - 1,
      Math.max(0, Math.floor(((clientX - box.left) / box.width) * keys.length)),
    )
  }
  const pickRange = (a: number, b: number) => {
    setDraft(null)
    onPick(keys.slice(Math.min(a, b), Math.max(a, b) + 1))
  }
  // Runs of equally chosen keys, so that thousands of keys make few rectangles.
  const spans: { start: number; end: number }[] = []
  keys.forEach((key, index) => {
    if (!chosen.has(key)) return
    const last = spans.at(-1)
    if (last && last.end === index) last.end = index + 1
    else spans.push({ start: index, end: index + 1 })
  })
  return (
    <fieldset className="picker">
      <legend className="row">
        <strong>{dimension.name === 'default' ? 'Partitions' : dimension.name}</strong>
        <span className="muted">
          {plural(picked.length, 'partition')} of {keys.length.toLocaleString()}
        </span>
      </legend>
      <input
        className="input picker-input"
        aria-label={`Partitions of ${dimension.name}`}
        placeholder={keys.length ? `${keys[0]}...${keys.at(-1)}` : 'no partitions yet'}
        value={text}
        onChange={(event) => {
          setDraft(event.target.value)
          onPick(parseKeys(event.target.value, keys).picked)
        }}
        onBlur={() => setDraft(null)}
      />
      {unknown.length > 0 && <p className="muted">No such partition: {unknown.join(', ')}</p>}
      <svg
        ref={bar}
        className="picker-bar"
        viewBox={`0 0 ${Math.max(1, keys.length)} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${picked.length} of ${keys.length} partitions chosen`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          const index = indexAt(event.clientX)
          setDrag(index)
          pickRange(index, index)
        }}
        onPointerMove={(event) => drag !== null && pickRange(drag, indexAt(event.clientX))}
        onPointerUp={() => setDrag(null)}
      >
        <rect width={keys.length} height={10} fill="var(--idle-soft)" />
        {spans.map((span) => (
          <rect
            key={span.start}
            x={span.start}
            width={span.end - span.start}
            height={10}
            fill="var(--accent)"
          />
        ))}
      </svg>
      <div className="row wrap">
        <Button
          small
          onClick={() => pickRange(keys.length - 1, keys.length - 1)}
          disabled={keys.length === 0}
        >
          Latest
        </Button>
        {dimension.type === 'TIME_WINDOW' && keys.length > 7 && (
          <Button small onClick={() => pickRange(keys.length - 7, keys.length - 1)}>
            Last 7
          </Button>
        )}
        <Button small onClick={() => pickRange(0, keys.length - 1)} disabled={keys.length === 0}>
          All
        </Button>
        {missing && missing.length > 0 && (
          <Button
            small
            onClick={() => {
              setDraft(null)
              onPick([...missing])
            }}
          >
            Missing and failed ({missing.length.toLocaleString()})
          </Button>
        )}
      </div>
    </fieldset>
  )
}
