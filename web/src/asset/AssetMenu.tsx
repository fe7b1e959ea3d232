/** What is seldom done to an asset: saying that it was made elsewhere, and forgetting what is recorded of it. */
import { useState, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { assetStatuses } from '../assets/statusStore'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import { ReportAssetEventsDocument, WipeAssetDocument } from '../graphql/generated/graphql'
import { keyToText } from '../lib/names'
import { Button, Menu } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { ErrorView } from '../ui/ErrorView'
import { notify } from '../ui/toast'

interface Asset {
  assetKey: { path: string[] }
  isPartitioned: boolean
}

export function AssetMenu(props: Asset & { mayReport: boolean; mayWipe: boolean }) {
  const [open, setOpen] = useState<'report' | 'wipe'>()
  const close = () => setOpen(undefined)
  return (
    <>
      <Menu label="More for this asset">
        <button type="button" disabled={!props.mayReport} onClick={() => setOpen('report')}>
          Report a materialization …
        </button>
        <button type="button" disabled={!props.mayWipe} onClick={() => setOpen('wipe')}>
          Wipe its history …
        </button>
      </Menu>
      {open === 'report' && <Report {...props} onClose={close} />}
      {open === 'wipe' && <Wipe {...props} onClose={close} />}
    </>
  )
}

/** A dialog around one mutation: closes when it succeeded, else says why not. */
function Act(props: {
  title: string
  label: string
  danger?: boolean
  disabled?: boolean
  act: () => Promise<void>
  onClose: () => void
  children: ReactNode
}) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const act = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await props.act()
      assetStatuses.refresh()
      await client.invalidateQueries()
      props.onClose()
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            look={props.danger ? 'danger' : 'primary'}
            disabled={busy || props.disabled}
            onClick={() => void act()}
          >
            {props.label}
          </Button>
        </>
      }
    >
      {props.children}
      {error !== undefined && <ErrorView error={error} title="It was refused" />}
    </Dialog>
  )
}

function Report({ assetKey, isPartitioned, onClose }: Asset & { onClose: () => void }) {
  const [partition, setPartition] = useState('')
  const [description, setDescription] = useState('')
  const act = async () => {
    const { reportRunlessAssetEvents } = await request(ReportAssetEventsDocument, {
      params: {
        eventType: 'ASSET_MATERIALIZATION',
        assetKey: { path: assetKey.path },
        ...(isPartitioned ? { partitionKeys: [partition.trim()] } : {}),
        ...(description.trim() ? { description: description.trim() } : {}),
      },
    })
    expectType(reportRunlessAssetEvents, 'ReportRunlessAssetEventsSuccess')
    notify('success', `${keyToText(assetKey)} is recorded as materialized.`)
  }
  return (
    <Act
      title={`Report a materialization of ${keyToText(assetKey)}`}
      label="Report"
      disabled={isPartitioned && !partition.trim()}
      act={act}
      onClose={onClose}
    >
      <p className="soft">
        Records that it was made, without running anything. What depends on it then counts as out of date.
      </p>
      {isPartitioned && (
        <label className="stack-s">
          Partition
          <input
            className="input picker-input"
            value={partition}
            onChange={(event) => setPartition(event.target.value)}
          />
        </label>
      )}
      <label className="stack-s">
        Description
        <input
          className="input"
          value={description}
          onChange={(event) => setDescription(event.target.value)}
        />
      </label>
    </Act>
  )
}

function Wipe({ assetKey, onClose }: Asset & { onClose: () => void }) {
  const name = keyToText(assetKey)
  const [typed, setTyped] = useState('')
  const act = async () => {
    const ranges = [{ assetKey: { path: assetKey.path } }]
    const { wipeAssets } = await request(WipeAssetDocument, { ranges })
    expectType(wipeAssets, 'AssetWipeSuccess')
    notify('success', `The history of ${name} is wiped.`)
  }
  return (
    <Act title={`Wipe ${name}`} label="Wipe" danger disabled={typed !== name} act={act} onClose={onClose}>
      <p>
        Forgets every materialization and observation of <strong>{name}</strong>, all partitions included. The
        data that the asset stands for is not touched. This cannot be undone.
      </p>
      <label className="stack-s">
        Type {name} to confirm
        <input className="input" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
    </Act>
  )
}
