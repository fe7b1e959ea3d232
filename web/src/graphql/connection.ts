/** Whether the server answers, as the latest request found it. Shown once for the whole page. */
import { useSyncExternalStore } from 'react'

let reachable = true
const listeners = new Set<() => void>()

export function reportReachable(now: boolean) {
  if (now === reachable) return
  reachable = now
  for (const listener of listeners) listener()
}

export function isReachable(): boolean {
  return reachable
}

export function onReachableChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useReachable(): boolean {
  return useSyncExternalStore(onReachableChange, isReachable)
}
