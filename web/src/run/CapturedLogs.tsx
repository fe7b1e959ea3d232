/** Captured stdout and stderr of a step or a run, growing live over the websocket. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import {
  CapturedLogsDocument,
  CapturedLogsMetadataDocument,
  type RunEventFragment,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { socket } from '../graphql/socket'
import { serverPath } from '../lib/base'
import { useUrlParams } from '../lib/urlState'
import { Empty, SkeletonRows } from '../ui/basics'
import { Icon } from '../ui/Icon'
import { stripAnsi } from './ansi'
import './logs.css'

interface Streams {
  stdout: string
  stderr: string
  arrived: boolean
  problem?: string
}

const nothing: Streams = { stdout: '', stderr: '', arrived: false }

function useCapturedLogs(logKey: string[]): Streams {
  const key = JSON.stringify(logKey)
  const [state, setState] = useState<{ key: string; streams: Streams }>({ key, streams: nothing })
  useEffect(() => {
    let cursor: string | null = null
    let streams = nothing
    const set = (next: Streams) => {
      streams = next
      setState({ key, streams })
    }
    return socket.subscribe(
      CapturedLogsDocument,
      () => ({ logKey: JSON.parse(key) as string[], cursor }),
      ({ capturedLogs }) => {
        cursor = capturedLogs.cursor ?? cursor
        set({
          stdout: streams.stdout + (capturedLogs.stdout ?? ''),
          stderr: streams.stderr + (capturedLogs.stderr ?? ''),
          arrived: true,
        })
      },
      (problem) => set({ ...streams, problem, arrived: true }),
    )
  }, [key])
  return state.key === key ? state.streams : nothing
}

function size(length: number): string {
  if (length === 0) return 'empty'
  return length < 1024 ? `${length} B` : `${(length / 1024).toFixed(1)} kB`
}

/** Server routes in answers may come without the path prefix. */
function downloadHref(url: string): string {
  return url.startsWith('/') && !url.startsWith(serverPath('/')) ? serverPath(url) : url
}

interface Capture {
  fileKey: string
  label: string
}

export function captures(events: readonly RunEventFragment[]): Capture[] {
  const found: Capture[] = []
  for (const event of events) {
    if (event.__typename !== 'LogsCapturedEvent') continue
    const steps = event.stepKeys ?? []
    const label =
      steps.length === 0
        ? event.fileKey
        : steps.slice(0, 3).join(', ') + (steps.length > 3 ? ` +${steps.length - 3}` : '')
    if (!found.some((each) => each.fileKey === event.fileKey)) found.push({ fileKey: event.fileKey, label })
  }
  return found
}

export function CapturedLogs({ runId, events }: { runId: string; events: readonly RunEventFragment[] }) {
  const [params, change] = useUrlParams()
  const found = useMemo(() => captures(events), [events])
  const step = params.get('step')
  const wanted = params.get('file')
  const file =
    found.find((each) => each.fileKey === wanted) ??
    found.find((each) => step && each.label.includes(step)) ??
    found[0]
  if (!file) {
    return (
      <div className="panel">
        <Empty title="No output captured">
          What steps print to stdout and stderr appears here as soon as their process starts.
        </Empty>
      </div>
    )
  }
  return (
    <section className="logs" aria-label="Captured output">
      <Output key={file.fileKey} logKey={[runId, 'compute_logs', file.fileKey]}>
        <select
          className="select"
          aria-label="Process"
          value={file.fileKey}
          onChange={(event) => change({ file: event.target.value })}
        >
          {found.map((each) => (
            <option key={each.fileKey} value={each.fileKey}>
              {each.label}
            </option>
          ))}
        </select>
      </Output>
    </section>
  )
}

function Output({ logKey, children }: { logKey: string[]; children: ReactNode }) {
  const [params, change] = useUrlParams()
  const streams = useCapturedLogs(logKey)
  const meta = useGql(CapturedLogsMetadataDocument, { logKey })
  const stream =
    params.get('stream') === 'stdout' ? 'stdout' : params.get('stream') === 'stderr' ? 'stderr' : undefined
  const shown = stream ?? (streams.stdout ? 'stdout' : 'stderr')
  const text = useMemo(() => stripAnsi(streams[shown]), [streams, shown])
  const box = useRef<HTMLPreElement>(null)
  const pinned = useRef(true)
  useEffect(() => {
    if (pinned.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [text])
  const info = meta.data?.capturedLogsMetadata
  const url = shown === 'stdout' ? info?.stdoutDownloadUrl : info?.stderrDownloadUrl
  const location = shown === 'stdout' ? info?.stdoutLocation : info?.stderrLocation
  return (
    <>
      <div className="toolbar logs-bar">
        {children}
        <div className="segments" role="group" aria-label="Stream">
          {(['stdout', 'stderr'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={shown === name}
              onClick={() => change({ stream: name })}
            >
              {name}
              <span className="muted"> {size(streams[name].length)}</span>
            </button>
          ))}
        </div>
        {location && (
          <span className="muted mono clip push" title={location}>
            {location}
          </span>
        )}
        {url && (
          <a className="btn btn-small" href={downloadHref(url)} download>
            <Icon name="down" size={14} /> Download
          </a>
        )}
      </div>
      {!streams.arrived ? (
        <SkeletonRows rows={8} />
      ) : streams.problem ? (
        <Empty title="The output could not be read">{streams.problem}</Empty>
      ) : text === '' ? (
        <Empty small title={`Nothing on ${shown}`}>
          Output appears here as it is written.
        </Empty>
      ) : (
        <pre
          className="logs-text"
          ref={box}
          tabIndex={0}
          aria-label={shown}
          onScroll={(event) => {
            const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
            pinned.current = scrollHeight - scrollTop - clientHeight < 40
          }}
        >
          {text}
        </pre>
      )}
    </>
  )
}
