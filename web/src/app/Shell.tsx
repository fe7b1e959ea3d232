/** The frame around every page: navigation, health at a glance, theme, command palette. */
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { NavLink, useLocation } from 'react-router'
import { ShellDocument, type ShellQuery } from '../graphql/generated/graphql'
import { daemonTrouble } from '../deployment/daemonState'
import { useReachable } from '../graphql/connection'
import { useGql } from '../graphql/hooks'
import { Button, SkeletonRows } from '../ui/basics'
import { Icon } from '../ui/Icon'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import { Toasts } from '../ui/toast'
import { ErrorBoundary } from './ErrorBoundary'
import { pages } from './pages'
import { setTheme, useTheme, type Theme } from './theme'
import './shell.css'

const CommandPalette = lazy(() => import('./CommandPalette'))

/** The worst thing to know about the deployment, for the badge beside its link. */
export function deploymentHealth(data: ShellQuery | undefined): { kind: DiscKind; text: string } | undefined {
  if (data?.workspaceOrError.__typename !== 'Workspace') return undefined
  const entries = data.workspaceOrError.locationEntries
  const broken = entries.filter((entry) => entry.locationOrLoadError?.__typename === 'PythonError')
  if (broken.length > 0)
    return { kind: 'failure', text: `${broken.map((entry) => entry.name).join(', ')} failed to load` }
  const trouble = daemonTrouble(data.instance.daemonHealth.allDaemonStatuses)
  if (trouble) return trouble
  if (entries.some((entry) => entry.loadStatus === 'LOADING'))
    return { kind: 'running', text: 'loading code locations' }
  return undefined
}

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const themeIcon = { system: 'auto', light: 'sun', dark: 'moon' } as const

export function Shell({ children }: { children: ReactNode }) {
  const theme = useTheme()
  const location = useLocation()
  const [palette, setPalette] = useState(false)
  const [menuAt, setMenuAt] = useState<string | null>(null)
  const menu = menuAt === location.pathname
  const shell = useGql(ShellDocument, {}, { poll: 15_000 })
  const reachable = useReachable()
  const health = deploymentHealth(shell.data)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setPalette(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className={menu ? 'shell shell-menu' : 'shell'}>
      <a
        className="skip"
        href={`${location.pathname}#main`}
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to content
      </a>
      <aside className="side">
        <div className="side-head">
          <NavLink to="/" className="brand" aria-label="Rondel, overview">
            <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden>
              <circle cx="16" cy="16" r="12" fill="none" stroke="var(--accent)" strokeWidth="5" />
              <path d="M16 4a12 12 0 0 1 12 12" fill="none" stroke="var(--spark)" strokeWidth="5" />
              <circle cx="16" cy="16" r="4.2" fill="var(--accent)" />
            </svg>
            <span>Rondel</span>
          </NavLink>
          <Button
            className="side-menu"
            look="quiet"
            icon="menu"
            aria-label="Menu"
            aria-expanded={menu}
            onClick={() => setMenuAt(menu ? null : location.pathname)}
          />
        </div>
        <button type="button" className="side-search" onClick={() => setPalette(true)}>
          <Icon name="search" size={14} />
          <span>Jump to …</span>
          <kbd>Ctrl K</kbd>
        </button>
        <nav aria-label="Main">
          {pages.map((page) => (
            <NavLink key={page.path} to={page.path} end={page.path === '/'}>
              <Icon name={page.icon} />
              <span>{page.title}</span>
              {page.path === '/deployment' && health && (
                <span className="push row" title={health.text}>
                  <StatusDisc kind={health.kind} label={health.text} size={13} />
                </span>
              )}
            </NavLink>
          ))}
        </nav>
        <footer>
          <span className="muted clip" title="Version of the server">
            {reachable ? shell.data?.version : 'server unreachable'}
          </span>
          <Button
            className="push"
            small
            look="quiet"
            icon={themeIcon[theme]}
            aria-label={`Theme: ${theme}. Change`}
            title={`Theme: ${theme}`}
            onClick={() => setTheme(nextTheme[theme])}
          />
        </footer>
      </aside>
      <main id="main" tabIndex={-1}>
        {!reachable && (
          <div className="offline" role="alert">
            <Icon name="warning" size={14} /> The server does not answer; what you see may be old. Trying
            again …
          </div>
        )}
        <ErrorBoundary key={location.pathname}>
          <Suspense
            fallback={
              <div className="page">
                <SkeletonRows rows={10} />
              </div>
            }
          >
            {children}
          </Suspense>
        </ErrorBoundary>
      </main>
      <Toasts />
      {palette && (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </div>
  )
}
