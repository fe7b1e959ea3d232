import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import { RunsDocument, type RunRowFragment } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { useUrlParams } from '../lib/urlState'
import { useNow } from '../lib/useNow'
import { Button, Elapsed, Empty, Panel, SearchInput, SkeletonRows, Time } from '../ui/basics'
import { ErrorView } from '../ui/ErrorView'
import { useRunActions } from './actions'
import { timeWindows, toRunsFilter, withTag } from './filter'
import { RunLink, RunOriginText, RunStatusTag, RunTarget } from './RunBits'
import { RunsTabs } from './RunsTabs'
import { isFinished, statusFilters } from './status'
import './runs.css'

const pageSize = 50
// Of Dagster's own tags only the partition; its dimensions repeat it.
const quietTags = /^\.?dagster\/(?!partition$)/

function RunTags({ run, onTag }: { run: RunRowFragment; onTag: (key: string, value: string) => void }) {
  const tags = run.tags.filter((tag) => !quietTags.test(tag.key))
  return (
    <span className="row runs-tags">
      {tags.slice(0, 2).map((tag) => (
        <button
          type="button"
          key={tag.key}
          className="tag"
          title={`Show runs with ${tag.key}=${tag.value}`}
          onClick={() => onTag(tag.key, tag.value)}
        >
          {tag.key.replace('dagster/', '')}: {tag.value}
        </button>
      ))}
      {tags.length > 2 && <span className="muted">+{tags.length - 2}</span>}
    </span>
  )
}

function BulkBar({ runs, onDone }: { runs: RunRowFragment[]; onDone: () => void }) {
  const actions = useRunActions()
  const stoppable = runs.filter((run) => run.canTerminate && run.hasTerminatePermission)
  const again = runs.filter((run) => isFinished(run.status) && run.hasReExecutePermission)
  return (
    <div className="runs-bulk row wrap" role="region" aria-label="Actions for the selected runs">
      <strong>{runs.length} selected</strong>
      <Button
        small
        look="danger"
        icon="stop"
        disabled={stoppable.length === 0}
        onClick={() => void actions.terminate(stoppable.map((run) => run.runId)).then(onDone)}
      >
        Terminate {stoppable.length || ''}
      </Button>
      <Button
        small
        icon="reload"
        disabled={again.length === 0}
        onClick={() => void actions.reexecuteMany(again.map((run) => run.runId)).then(onDone)}
      >
        Re-execute {again.length || ''}
      </Button>
      <Button small look="quiet" onClick={onDone}>
        Clear
      </Button>
    </div>
  )
}

export default function RunsPage() {
  const [params, change] = useUrlParams()
  const navigate = useNavigate()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const text = params.get('q') ?? ''
  const status = params.get('status') ?? ''
  const since = params.get('since') ?? ''
  const cursor = params.get('cursor') ?? undefined
  const minute = Math.floor(useNow(since !== '') / 60_000) * 60
  const filter = useMemo(() => toRunsFilter(text, status, since, minute), [text, status, since, minute])
  // Only the newest page refreshes by itself; older ones do not change under the reader.
  const query = useGql(
    RunsDocument,
    { filter, cursor, limit: pageSize + 1 },
    { poll: cursor ? false : 4000, keepPrevious: true },
  )
  const answer = query.data?.runsOrError
  const all = answer?.__typename === 'Runs' ? answer.results : []
  const runs = all.slice(0, pageSize)
  const chosen = runs.filter((run) => selected.has(run.runId))
  const reset = (changes: Record<string, string>) => change({ cursor: undefined, ...changes })

  const toggle = (runId: string) => {
    const next = new Set(selected)
    if (!next.delete(runId)) next.add(runId)
    setSelected(next)
  }

  let problem: unknown = query.error && !answer ? query.error : undefined
  try {
    if (answer) expectType(answer, 'Runs')
  } catch (error) {
    problem = error
  }

  return (
    <Page title="Runs" tabs={<RunsTabs current="runs" />}>
      <div className="toolbar">
        <SearchInput
          value={text}
          label="Job, run id, or tag:key=value"
          onChange={(value) => reset({ q: value })}
        />
        <div className="segments" role="group" aria-label="Status">
          {[{ name: '', label: 'All' }, ...statusFilters].map((each) => (
            <button
              key={each.name}
              type="button"
              aria-pressed={status === each.name}
              onClick={() => reset({ status: each.name })}
            >
              {each.label}
            </button>
          ))}
        </div>
        <select
          className="select"
          aria-label="Created within"
          value={since}
          onChange={(event) => reset({ since: event.target.value })}
        >
          <option value="">Any time</option>
          {timeWindows.map((window) => (
            <option key={window} value={window}>
              Last {window}
            </option>
          ))}
        </select>
      </div>
      {chosen.length > 0 && <BulkBar runs={chosen} onDone={() => setSelected(new Set())} />}
      <Panel>
        {problem ? (
          <ErrorView error={problem} />
        ) : !answer ? (
          <SkeletonRows rows={12} />
        ) : runs.length === 0 ? (
          <Empty title={text || status || since ? 'No run matches' : 'No runs yet'}>
            {text || status || since
              ? 'Widen the time, clear the status or shorten the search. Words mean a job name; tags are written tag:key=value.'
              : 'Materialize an asset or launch a job, and its run appears here while it happens.'}
          </Empty>
        ) : (
          <div className="table-wrap">
            <table className="table runs-table">
              <thead>
                <tr>
                  <th>
                    <input
                      type="checkbox"
                      aria-label="Select all runs of this page"
                      checked={chosen.length === runs.length}
                      onChange={(event) =>
                        setSelected(new Set(event.target.checked ? runs.map((run) => run.runId) : []))
                      }
                    />
                  </th>
                  <th>Run</th>
                  <th>Target</th>
                  <th>Status</th>
                  <th>Launched by</th>
                  <th>Tags</th>
                  <th>Created</th>
                  <th className="num">Duration</th>
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <tr key={run.runId} className={selected.has(run.runId) ? 'runs-selected' : ''}>
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Select run ${run.runId}`}
                        checked={selected.has(run.runId)}
                        onChange={() => toggle(run.runId)}
                      />
                    </td>
                    <td>
                      <RunLink run={run} />
                    </td>
                    <td className="runs-target">
                      <RunTarget run={run} />
                    </td>
                    <td>
                      <RunStatusTag status={run.status} />
                    </td>
                    <td className="nowrap">
                      <RunOriginText run={run} />
                    </td>
                    <td>
                      <RunTags run={run} onTag={(key, value) => reset({ q: withTag(text, key, value) })} />
                    </td>
                    <td>
                      <Time at={run.creationTime} />
                    </td>
                    <td className="num">
                      <Elapsed from={run.startTime} to={run.endTime} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      {(cursor || all.length > pageSize) && (
        <nav className="row" aria-label="Pages">
          <Button disabled={!cursor} onClick={() => change({ cursor: undefined })}>
            Newest
          </Button>
          <Button disabled={!cursor} onClick={() => void navigate(-1)}>
            Back
          </Button>
          <Button
            disabled={all.length <= pageSize}
            onClick={() => change({ cursor: runs.at(-1)?.runId }, { push: true })}
          >
            Older
          </Button>
        </nav>
      )}
    </Page>
  )
}
