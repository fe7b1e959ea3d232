/** Short notices in the corner of the page, from anywhere: `notify({...})`. */
import { useSyncExternalStore, type ReactNode } from 'react'
import { Button } from './basics'

interface Notice {
  id: number
  tone: 'success' | 'failure' | 'plain'
  content: ReactNode
}

let notices: readonly Notice[] = []
let nextId = 1
const listeners = new Set<() => void>()

function set(next: readonly Notice[]) {
  notices = next
  for (const listener of listeners) listener()
}

function dismiss(id: number) {
  set(notices.filter((notice) => notice.id !== id))
}

export function notify(tone: Notice['tone'], content: ReactNode) {
  const id = nextId++
  set([...notices.slice(-3), { id, tone, content }])
  // Failures stay until read.
  if (tone !== 'failure') setTimeout(() => dismiss(id), 6000)
}

export function notifyError(error: unknown) {
  notify('failure', error instanceof Error ? error.message : String(error))
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => notices)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className={`toast toast-${notice.tone}`}>
          <div>{notice.content}</div>
          <Button
            className="push"
            small
            look="quiet"
            icon="close"
            aria-label="Dismiss"
            onClick={() => dismiss(notice.id)}
          />
        </div>
      ))}
    </div>
  )
}
