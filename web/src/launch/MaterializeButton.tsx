import { lazy, Suspense, useState } from 'react'
import { Button } from '../ui/basics'

const MaterializeDialog = lazy(() => import('./MaterializeDialog'))

export interface MaterializeTarget {
  assetKeys: { path: string[] }[]
  /** Preselected partition, from where the button stands. */
  partition?: string
}

/** Opens the launch dialog for some assets. */
export function MaterializeButton(
  props: MaterializeTarget & { label?: string; small?: boolean; disabled?: boolean; title?: string },
) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        look="primary"
        icon="spark"
        small={props.small}
        title={props.title}
        disabled={props.disabled || props.assetKeys.length === 0}
        onClick={() => setOpen(true)}
      >
        {props.label ?? 'Materialize'}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <MaterializeDialog
            assetKeys={props.assetKeys}
            partition={props.partition}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
