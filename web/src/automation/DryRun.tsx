/** Tries a schedule or a sensor without consequences: nothing is launched, no cursor is stored. */
import { useState } from 'react'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import {
  ScheduleDryRunDocument,
  SensorDryRunDocument,
  type DryRunFragment,
} from '../graphql/generated/graphql'
import { keyToText, plural } from '../lib/names'
import { localTime, utcTime } from '../lib/time'
import { Button, Panel, Tag } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { ErrorView, PythonErrorView } from '../ui/ErrorView'
import { StatusDisc } from '../ui/StatusDisc'
import type { InstigatorSelector } from './Ticks'

function Result({ result }: { result: DryRunFragment }) {
  const evaluation = result.evaluationResult
  if (!evaluation) return <p className="muted">The evaluation returned nothing.</p>
  if (evaluation.error) return <PythonErrorView error={evaluation.error} title="The evaluation failed" />
  const requests = evaluation.runRequests ?? []
  return (
    <>
      <p className="row">
        <StatusDisc kind={requests.length > 0 ? 'success' : 'skipped'} />
        {requests.length > 0
          ? `It would launch ${plural(requests.length, 'run')}.`
          : (evaluation.skipReason ?? 'It would launch nothing.')}
      </p>
      {evaluation.cursor && (
        <p className="soft">
          Cursor afterwards: <code>{evaluation.cursor}</code>
        </p>
      )}
      {requests.map((each, index) => (
        <Panel
          key={index}
          title={each.jobName ?? each.assetSelection?.map(keyToText).join(', ') ?? `Run ${index + 1}`}
        >
          <div className="panel-body stack">
            <div className="row wrap">
              {each.runKey && <Tag>run key {each.runKey}</Tag>}
              {each.tags.map((tag) => (
                <Tag key={tag.key}>
                  {tag.key}: {tag.value}
                </Tag>
              ))}
            </div>
            {each.runConfigYaml.trim() !== '{}' && <pre className="code">{each.runConfigYaml}</pre>}
          </div>
        </Panel>
      ))}
    </>
  )
}

export function DryRun(props: {
  selector: InstigatorSelector
  kind: 'schedule' | 'sensor'
  times?: number[]
  cursor?: string | null
}) {
  const { selector, kind, times = [] } = props
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState<number | undefined>(times.at(-1))
  const [cursor, setCursor] = useState(props.cursor ?? '')
  const [busy, setBusy] = useState(false)
  const [result, setResult] = useState<DryRunFragment>()
  const [error, setError] = useState<unknown>()
  const repo = {
    repositoryName: selector.repositoryName,
    repositoryLocationName: selector.repositoryLocationName,
  }

  const evaluate = async () => {
    setBusy(true)
    setError(undefined)
    setResult(undefined)
    try {
      if (kind === 'schedule') {
        const variables = { selector: { ...repo, scheduleName: selector.name }, timestamp: at }
        setResult(
          expectType(
            (await request(ScheduleDryRunDocument, variables)).scheduleDryRun,
            'DryRunInstigationTick',
          ),
        )
      } else {
        const variables = { selector: { ...repo, sensorName: selector.name }, cursor: cursor || null }
        setResult(
          expectType((await request(SensorDryRunDocument, variables)).sensorDryRun, 'DryRunInstigationTick'),
        )
      }
    } catch (cause) {
      setError(cause)
    }
    setBusy(false)
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>Try it</Button>
      {open && (
        <Dialog
          wide
          title={`Try ${selector.name}`}
          onClose={() => setOpen(false)}
          footer={
            <Button look="primary" disabled={busy} onClick={() => void evaluate()}>
              {busy ? 'Evaluating …' : 'Evaluate'}
            </Button>
          }
        >
          <p className="soft">Runs the {kind}’s function once. Nothing is launched, and nothing is stored.</p>
          {kind === 'schedule' ? (
            <label className="row">
              As of
              <select className="select" value={at} onChange={(event) => setAt(Number(event.target.value))}>
                {times.map((time) => (
                  <option key={time} value={time}>
                    {localTime(time)} ({utcTime(time)})
                  </option>
                ))}
              </select>
            </label>
          ) : (
            <label className="row">
              Cursor
              <input
                className="input"
                style={{ flex: 1 }}
                value={cursor}
                placeholder="none"
                onChange={(event) => setCursor(event.target.value)}
              />
            </label>
          )}
          {error !== undefined && <ErrorView error={error} title="The evaluation could not be made" />}
          {result && <Result result={result} />}
        </Dialog>
      )}
    </>
  )
}
