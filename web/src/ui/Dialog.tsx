import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from './basics'

/** A modal on the browser's own <dialog>: focus is trapped and Escape closes it. */
export function Dialog(props: {
  title: string
  wide?: boolean
  onClose: () => void
  footer?: ReactNode
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // The browser would focus the close button, and React's autoFocus comes before the dialog is open.
    dialog?.querySelector<HTMLElement>('.dialog-body :is(input, textarea)')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className={props.wide ? 'dialog dialog-wide' : 'dialog'}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
      onClick={(event) => event.target === ref.current && props.onClose()}
    >
      <header>
        <h2>{props.title}</h2>
        <Button className="push" look="quiet" icon="close" aria-label="Close" onClick={props.onClose} />
      </header>
      <div className="dialog-body">{props.children}</div>
      {props.footer && <footer>{props.footer}</footer>}
    </dialog>
  )
}
