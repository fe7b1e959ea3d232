/** Every partition with its state, newest first: found by a part of its key, or by state. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { SearchInput } from '../ui/basics'
import { stateColour, type KeyState, type PartitionState } from './partitions'

export function PartitionList(props: {
  partitions: readonly KeyState[]
  /** Only partitions in this state, when given. */
  state: PartitionState | undefined
  chosen: string | undefined
  onPick: (key: string) => void
}) {
  const { partitions, state } = props
  const [text, setText] = useState('')
  const shown = useMemo(() => {
    const wanted = text.trim().toLowerCase()
    return partitions.filter(
      (each) => (!state || each.state === state) && (!wanted || each.key.toLowerCase().includes(wanted)),
    )
  }, [partitions, state, text])
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 12,
  })
  return (
    <div className="part-list">
      <SearchInput value={text} label="Search partitions" onChange={setText} />
      <div className="part-scroll" ref={scroller}>
        {shown.length === 0 ? (
          <p className="muted panel-body">No such partition.</p>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const each = shown[item.index]!
              return (
                <button
                  key={each.key}
                  type="button"
                  className="part-row mono"
                  aria-pressed={each.key === props.chosen}
                  style={{ transform: `translateY(${item.start}px)` }}
                  onClick={() => props.onPick(each.key)}
                >
                  <span className="group-dot" style={{ background: stateColour[each.state] }} />
                  <span className="clip">{each.key}</span>
                  <span className="push muted">{each.state}</span>
                </button>
              )
            })}
          </div>
        )}
      </div>
    </div>
  )
}
