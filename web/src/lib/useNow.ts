/** The present as React state. One timer serves the whole page and rests while nobody looks. */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function tick() {
  now = Date.now()
  for (const each of listeners) each()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (!timer) {
    now = Date.now()
    timer = setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const rest = () => () => {}
const read = () => now

/** The present in milliseconds; moves once a second while `active`. */
export function useNow(active = true): number {
  return useSyncExternalStore(active ? subscribe : rest, read)
}
