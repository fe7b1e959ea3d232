/**
 * Chooses partitions of one dimension: as text with ranges, by quick buttons, and by dragging over a bar (many keys) or
 * pressing keys one by one (few). Dynamic partitions take new keys.
 */
import { useRef, useState } from 'react'
import { spans as stateSpans, stateColour, type PartitionState } from '../asset/partitions'
import { plural } from '../lib/names'
import { Button } from '../ui/basics'
import { AddPartition, type DynamicPartitions } from './AddPartition'
import { keysToText, parseKeys, rangesOf, type Dimension } from './materialize'

/** Up to so many keys each has a button of its own. */
const fewKeys = 24

interface PickerProps {
  dimension: Dimension
  picked: readonly string[]
  onPick: (keys: string[]) => void
  /** What became of each partition so far, where known. */
  states?: ReadonlyMap<string, PartitionState>
  dynamic?: DynamicPartitions
  /** Called after a key was added; ends when the keys are fetched anew. */
  onAdded?: () => Promise<unknown>
}

export function PartitionPicker(props: PickerProps) {
  const { dimension, picked, onPick, states, dynamic } = props
  const keys = dimension.partitionKeys
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? keysToText(picked, dimension)
  const { unknown } = parseKeys(text, keys)
  const pick = (next: string[]) => {
    setDraft(null)
    onPick(next)
  }
  const inState = (...wanted: PartitionState[]) =>
    states ? keys.filter((key) => wanted.includes(states.get(key) ?? 'missing')) : []
  const [missing, failed] = [inState('missing'), inState('failed')]
  return (
    <fieldset className="picker">
      <legend className="row">
        <strong>{dimension.name === 'default' ? 'Partitions' : dimension.name}</strong>
        <span className="muted">
          {picked.length.toLocaleString()} of {plural(keys.length, 'partition')}
        </span>
      </legend>
      {keys.length > 0 && (
        <>
          <input
            className="input picker-input"
            aria-label={`Partitions of ${dimension.name}`}
            placeholder={`${keys[0]}...${keys.at(-1)}`}
            value={text}
            onChange={(event) => {
              setDraft(event.target.value)
              onPick(parseKeys(event.target.value, keys).picked)
            }}
            onBlur={() => setDraft(null)}
          />
          {unknown.length > 0 && <p className="muted">No such partition: {unknown.join(', ')}</p>}
          {keys.length > fewKeys ? (
            <RangeBar dimension={dimension} picked={picked} onPick={pick} states={states} />
          ) : (
            <Chips keys={keys} picked={picked} onPick={pick} states={states} />
          )}
          <div className="row wrap">
            <Button small onClick={() => pick(keys.slice(-1))}>
              Latest
            </Button>
            {dimension.type === 'TIME_WINDOW' && keys.length > 7 && (
              <Button small onClick={() => pick(keys.slice(-7))}>
                Last 7
              </Button>
            )}
            {dimension.type === 'TIME_WINDOW' && keys.length > 30 && (
              <Button small onClick={() => pick(keys.slice(-30))}>
                Last 30
              </Button>
            )}
            <Button small onClick={() => pick([...keys])}>
              All
            </Button>
            {missing.length > 0 && missing.length < keys.length && (
              <Button small onClick={() => pick(missing)}>
                Missing ({missing.length.toLocaleString()})
              </Button>
            )}
            {failed.length > 0 && (
              <Button small onClick={() => pick(failed)}>
                Failed ({failed.length.toLocaleString()})
              </Button>
            )}
            {picked.length > 0 && (
              <Button small look="quiet" onClick={() => pick([])}>
                Clear
              </Button>
            )}
          </div>
        </>
      )}
      {keys.length === 0 && !dynamic && (
        <p className="muted">This definition has no partitions at present.</p>
      )}
      {dynamic && (
        <AddPartition
          dynamic={dynamic}
          keys={keys}
          onAdded={async (key) => {
            await props.onAdded?.()
            pick([...picked, key])
          }}
        />
      )}
    </fieldset>
  )
}

interface ChooserProps {
  picked: readonly string[]
  onPick: (keys: string[]) => void
  states?: ReadonlyMap<string, PartitionState>
}

function Chips({ keys, picked, onPick, states }: ChooserProps & { keys: readonly string[] }) {
  const chosen = new Set(picked)
  return (
    <div className="row wrap" role="group" aria-label="Partition keys">
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          className="chip mono"
          aria-pressed={chosen.has(key)}
          title={states?.get(key)}
          onClick={() => onPick(keys.filter((each) => (each === key ? !chosen.has(key) : chosen.has(each))))}
        >
          {states && (
            <span
              className="group-dot"
              style={{ background: stateColour[states.get(key) ?? 'missing'] }}
              aria-hidden
            />
          )}
          {key}
        </button>
      ))}
    </div>
  )
}

function RangeBar({ dimension, picked, onPick, states }: ChooserProps & { dimension: Dimension }) {
  const keys = dimension.partitionKeys
  const [drag, setDrag] = useState<{ from: number; kept: ReadonlySet<string> } | null>(null)
  const [under, setUnder] = useState<string | undefined>()
  const bar = useRef<SVGSVGElement>(null)
  const indexAt = (clientX: number) => {
    const box = bar.current!.getBoundingClientRect()
    const index = Math.floor(((clientX - box.left) / box.width) * keys.length)
    return Math.min(keys.length - 1, Math.max(0, index))
  }
  const pickRange = (from: number, to: number, kept: ReadonlySet<string>) => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)]
    onPick(keys.filter((key, index) => (index >= low && index <= high) || kept.has(key)))
  }
  const position = new Map(keys.map((key, index) => [key, index]))
  const spans = rangesOf([dimension], picked).map(({ start, end }) => ({
    from: position.get(start)!,
    to: position.get(end)! + 1,
  }))
  return (
    <div>
      <svg
        ref={bar}
        className="picker-bar"
        viewBox={`0 0 ${keys.length} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${picked.length} of ${keys.length} partitions chosen`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          const from = indexAt(event.clientX)
          // With Ctrl or Shift a range is added to what is chosen.
          const kept = new Set(event.ctrlKey || event.metaKey || event.shiftKey ? picked : [])
          setDrag({ from, kept })
          pickRange(from, from, kept)
        }}
        onPointerMove={(event) => {
          const index = indexAt(event.clientX)
          setUnder(keys[index])
          if (drag) pickRange(drag.from, index, drag.kept)
        }}
        onPointerUp={() => setDrag(null)}
        onPointerLeave={() => setUnder(undefined)}
      >
        <rect width={keys.length} height={10} fill="var(--idle-soft)" />
        {spans.map(({ from, to }) => (
          <rect key={from} x={from} width={to - from} height={states ? 7.4 : 10} fill="var(--accent)" />
        ))}
        {states &&
          stateSpans(keys.map((key) => states.get(key) ?? 'missing')).map(({ from, to, state }) => (
            <rect key={from} x={from} y={8} width={to - from} height={2} fill={stateColour[state]} />
          ))}
      </svg>
      <div className="row muted picker-ends">
        <span>{keys[0]}</span>
        <span className="push">
          {under === undefined ? (
            'drag for a range, Ctrl adds one'
          ) : (
            <>
              <strong className="mono">{under}</strong> {states?.get(under)}
            </>
          )}
        </span>
        <span className="push">{keys.at(-1)}</span>
      </div>
    </div>
  )
}
