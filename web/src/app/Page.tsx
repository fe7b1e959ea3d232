import { useEffect, type ReactNode } from 'react'

/** A page's head and body; sets the window title. `fill` gives the body the remaining height instead of scrolling. */
export function Page(props: {
  title: string
  heading?: ReactNode
  meta?: ReactNode
  actions?: ReactNode
  tabs?: ReactNode
  fill?: boolean
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${props.title} · Rondel`
  }, [props.title])
  return (
    <div className={props.fill ? 'page page-fill' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          <h1 className="clip">{props.heading ?? props.title}</h1>
          {props.meta && <div className="page-meta">{props.meta}</div>}
        </div>
        {props.actions && <div className="page-actions">{props.actions}</div>}
      </header>
      {props.tabs}
      {props.children}
    </div>
  )
}
