/** Small building blocks without behaviour of their own. */
import { useEffect, useRef, useState, type ButtonHTMLAttributes, type ReactNode } from 'react'
import { NavLink, type To } from 'react-router'
import { duration, localTime, relative, utcTime } from '../lib/time'
import { useNow } from '../lib/useNow'
import { Icon, type IconName } from './Icon'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'primary' | 'danger' | 'quiet'
  small?: boolean
  icon?: IconName
}

export function Button({ look = 'plain', small, icon, children, className, ...rest }: ButtonProps) {
  const classes = [
    'btn',
    look !== 'plain' && `btn-${look}`,
    small && 'btn-small',
    !children && 'btn-icon',
    className,
  ]
  return (
    <button type="button" className={classes.filter(Boolean).join(' ')} {...rest}>
      {icon && <Icon name={icon} size={small ? 14 : 15} />}
      {children}
    </button>
  )
}

export function Tag({ tone, children, title }: { tone?: string; children: ReactNode; title?: string }) {
  return (
    <span className={tone ? `tag tag-${tone}` : 'tag'} title={title}>
      {children}
    </span>
  )
}

export function Switch(props: {
  on: boolean
  label: string
  busy?: boolean
  onChange: (on: boolean) => void
}) {
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={props.on}
      aria-label={props.label}
      title={props.label}
      disabled={props.busy}
      onClick={() => props.onChange(!props.on)}
    />
  )
}

/** A search field which `/` focuses from anywhere on the page. */
export function SearchInput(props: { value: string; label: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (
        event.key !== '/' ||
        event.ctrlKey ||
        event.metaKey ||
        target.closest('input, textarea, [contenteditable]')
      )
        return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <label className="search">
      <Icon name="search" size={14} />
      <input
        ref={input}
        className="input"
        type="search"
        placeholder={props.label}
        aria-label={props.label}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  )
}

export interface TabItem {
  to: To
  label: string
  count?: number
  current: boolean
}

export function Tabs({ items, label }: { items: TabItem[]; label: string }) {
  return (
    <nav className="tabs" aria-label={label}>
      {items.map((item) => (
        <NavLink key={item.label} to={item.to} aria-current={item.current ? 'page' : 'false'}>
          {item.label}
          {item.count !== undefined && <span className="count">{item.count.toLocaleString()}</span>}
        </NavLink>
      ))}
    </nav>
  )
}

export function Panel(props: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={`panel ${props.className ?? ''}`}>
      {props.title !== undefined && (
        <header>
          <h2>{props.title}</h2>
          {props.actions && <div className="push row">{props.actions}</div>}
        </header>
      )}
      {props.children}
    </section>
  )
}

export function Empty(props: { title: string; children?: ReactNode; small?: boolean }) {
  return (
    <div className={props.small ? 'empty empty-small' : 'empty'}>
      <strong>{props.title}</strong>
      {props.children && <p>{props.children}</p>}
    </div>
  )
}

export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div className="skeleton-rows" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="skeleton" style={{ width: `${88 - ((index * 17) % 42)}%` }} />
      ))}
    </div>
  )
}

/** A moment: local time in sight, UTC on hover. */
export function Time({ at, absolute }: { at: number | null | undefined; absolute?: boolean }) {
  const now = useNow(!absolute)
  if (at == null) return <span className="muted">–</span>
  const local = localTime(at, now)
  return (
    <time
      dateTime={new Date(at * 1000).toISOString()}
      title={`${local} local\n${utcTime(at)}`}
      className="nowrap"
    >
      {absolute ? local : relative(at, now)}
    </time>
  )
}

/** How long something takes; still counting when it has not ended. */
export function Elapsed({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  const now = useNow(from != null && to == null)
  if (from == null) return <span className="muted">–</span>
  return <span className="nowrap">{duration((to ?? now / 1000) - from)}</span>
}

export function CopyText({ text, shown }: { text: string; shown?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true)
      setTimeout(() => setCopied(false), 1200)
    })
  }
  return (
    <button type="button" className="copy" title={`Copy ${text}`} onClick={copy}>
      {copied ? 'copied' : (shown ?? text)}
    </button>
  )
}

/** A button with a list of further actions. */
export function Menu({ label, children }: { label: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => {
      if (
        event instanceof KeyboardEvent
          ? event.key === 'Escape'
          : !root.current?.contains(event.target as Node)
      ) {
        setOpen(false)
      }
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', close)
    }
  }, [open])
  return (
    <div className="menu" ref={root}>
      <Button
        icon="more"
        aria-label={label}
        title={label}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <div className="menu-list" onClick={() => setOpen(false)}>
          {children}
        </div>
      )}
    </div>
  )
}
