/** Light, dark, or what the system says. Kept in this browser only. */
import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'rondel.theme'
const listeners = new Set<() => void>()

function read(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

let current: Theme = read()

export function applyTheme() {
  if (current === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = current
}

export function setTheme(theme: Theme) {
  current = theme
  try {
    if (theme === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, theme)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  applyTheme()
  for (const listener of listeners) listener()
}

const dark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : undefined
dark?.addEventListener('change', () => {
  for (const listener of listeners) listener()
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => current)
}

/** A number that changes whenever colours do; canvas drawings depend on it. */
export function useColourScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () =>
    current === 'system' ? (dark?.matches ? 'dark' : 'light') : current,
  )
}
