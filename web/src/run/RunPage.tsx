import { useEffect, useMemo, useState } from 'react'
import { Link, useLocation, useParams } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import {
  RunPageDocument,
  RunStateDocument,
  type ExecutionParams,
  type RunHeadFragment,
  type RunStatus,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { serverPath } from '../lib/base'
import { assetPath, isHiddenJob, jobPath, keyToText, runPath, shortId, type RepoAddress } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { useRunActions } from '../runs/actions'
import { RunOriginText, RunStatusTag, RunTarget, runTitle } from '../runs/RunBits'
import { isFinished } from '../runs/status'
import { Button, CopyText, Elapsed, Menu, Panel, Tabs, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { CapturedLogs } from './CapturedLogs'
import { EventList } from './EventList'
import { Gantt } from './Gantt'
import { inheritedTags, withDownstream } from './stepSelection'
import { foldSteps, settle, type Step } from './steps'
import { currentStatus, foldRun } from './runState'
import { useRunLog } from './useRunLog'

/** A new run of some steps of `run`, with its config and what the other steps left behind. */
function ofSteps(run: RunHeadFragment, repo: RepoAddress, stepKeys: string[]): ExecutionParams {
  return {
    mode: run.mode,
    runConfigData: run.runConfigYaml,
    stepKeys,
    selector: {
      pipelineName: run.jobName,
      repositoryName: repo.repository,
      repositoryLocationName: repo.location,
      solidSelection: run.solidSelection,
      assetSelection: run.assetSelection?.map(({ path }) => ({ path })),
      assetCheckSelection: run.assetCheckSelection?.map(({ name, assetKey }) => ({
        name,
        assetKey: { path: assetKey.path },
      })),
    },
    executionMetadata: {
      parentRunId: run.runId,
      rootRunId: run.rootRunId ?? run.runId,
      tags: [
        ...inheritedTags(run.tags),
        { key: 'dagster/parent_run_id', value: run.runId },
        { key: 'dagster/root_run_id', value: run.rootRunId ?? run.runId },
        { key: 'dagster/step_selection', value: stepKeys.join(',') },
      ],
    },
  }
}

interface ActionsProps {
  run: RunHeadFragment
  status: RunStatus
  canStop: boolean
  steps: readonly Step[]
  /** The step chosen in the chart, if any. */
  step: string
}

function Actions({ run, status, canStop, steps, step }: ActionsProps) {
  const actions = useRunActions()
  const follow = withDownstream(steps, step)
  const finished = isFinished(status)
  const origin = run.repositoryOrigin
  const repo = origin && { repository: origin.repositoryName, location: origin.repositoryLocationName }
  return (
    <>
      {!finished && (
        <Button
          look="danger"
          icon="stop"
          disabled={!run.hasTerminatePermission || status === 'CANCELING' || !canStop}
          onClick={() => void actions.terminate([run.runId])}
        >
          Terminate
        </Button>
      )}
      {finished && status === 'FAILURE' && (
        <Button
          icon="reload"
          disabled={!run.hasReExecutePermission}
          onClick={() => void actions.reexecute(run.runId, 'FROM_FAILURE')}
        >
          From failure
        </Button>
      )}
      {finished && (
        <Button
          icon="reload"
          disabled={!run.hasReExecutePermission}
          onClick={() => void actions.reexecute(run.runId, 'ALL_STEPS')}
        >
          Re-execute
        </Button>
      )}
      <Menu label="More actions">
        {finished && repo && steps.some((each) => each.key === step) && (
          <>
            <button
              type="button"
              disabled={!run.hasReExecutePermission}
              onClick={() => void actions.reexecuteSteps(ofSteps(run, repo, [step]))}
            >
              Re-execute {step}
            </button>
            {follow.length > 1 && (
              <button
                type="button"
                disabled={!run.hasReExecutePermission}
                onClick={() => void actions.reexecuteSteps(ofSteps(run, repo, follow))}
              >
                Re-execute {step} and the {follow.length - 1} after it
              </button>
            )}
          </>
        )}
        {repo && !isHiddenJob(run.jobName) && (
          <Link to={`${jobPath(repo, run.jobName)}?tab=launchpad&run=${run.runId}`}>Open in launchpad</Link>
        )}
        <a href={serverPath(`/download_debug/${run.runId}`)} download>
          Download debug file
        </a>
        {!finished && (
          <button
            type="button"
            disabled={!run.hasTerminatePermission}
            onClick={() => void actions.terminate([run.runId], true)}
          >
            Mark as canceled without waiting
          </button>
        )}
        {finished && (
          <button
            type="button"
            disabled={!run.hasDeletePermission}
            onClick={() =>
              window.confirm('Delete this run and all its events? This cannot be undone.') &&
              void actions.remove(run.runId)
            }
          >
            Delete run …
          </button>
        )}
      </Menu>
    </>
  )
}

function ConfigTab({ run }: { run: RunHeadFragment }) {
  return (
    <div className="grid-2">
      <Panel title="Run config">
        <div className="panel-body">
          {run.runConfigYaml.trim() === '{}' || run.runConfigYaml.trim() === '' ? (
            <p className="muted">This run was launched with the defaults.</p>
          ) : (
            <pre className="code">{run.runConfigYaml}</pre>
          )}
        </div>
      </Panel>
      <Panel title="Tags">
        <div className="panel-body">
          <dl className="defs">
            {run.tags.map((tag) => (
              <div key={tag.key} style={{ display: 'contents' }}>
                <dt className="mono">{tag.key}</dt>
                <dd className="mono">
                  <Link to={`/runs?q=${encodeURIComponent(`"tag:${tag.key}=${tag.value}"`)}`}>
                    {tag.value}
                  </Link>
                </dd>
              </div>
            ))}
            {run.tags.length === 0 && <p className="muted">none</p>}
          </dl>
        </div>
      </Panel>
      {(run.assetSelection?.length ?? 0) > 0 && (
        <Panel title="Assets">
          <div className="panel-body row wrap">
            {run.assetSelection!.map((key) => (
              <Link key={keyToText(key)} className="tag" to={assetPath(key)}>
                {keyToText(key)}
              </Link>
            ))}
          </div>
        </Panel>
      )}
    </div>
  )
}

/** The run's own record, asked for again while it is going on, and once more when its events say that it is over. */
function useRunAnswer(run: RunHeadFragment, told: RunStatus | undefined) {
  const [over, setOver] = useState(isFinished(run.status))
  const query = useGql(RunStateDocument, { runId: run.runId }, { poll: over ? false : 2500, enabled: !over })
  const answer = query.data?.runOrError.__typename === 'Run' ? query.data.runOrError : run
  if (!over && isFinished(answer.status)) setOver(true)
  const { refetch } = query
  useEffect(() => {
    if (told && isFinished(told) && !over) void refetch()
  }, [told, over, refetch])
  return answer
}

function RunView({ run }: { run: RunHeadFragment }) {
  const [params, change] = useUrlParams()
  const location = useLocation()
  const log = useRunLog(run.runId)
  const tab = params.get('tab') ?? 'events'
  const told = useMemo(() => foldRun(log.events), [log.events])
  const answer = useRunAnswer(run, told.status)
  const status = currentStatus(answer.status, told.status)
  const end = told.end ?? answer.endTime ?? undefined
  const steps = useMemo(
    () => settle(foldSteps(run.executionPlan, run.stepKeysToExecute, log.events), status, end),
    [run.executionPlan, run.stepKeysToExecute, log.events, status, end],
  )
  const firstEvent = log.events[0] ? Number(log.events[0].timestamp) / 1000 : undefined
  const started = told.start ?? answer.startTime ?? undefined
  const start = started ?? firstEvent
  const at = (name: string) => {
    const next = new URLSearchParams(location.search)
    if (name === 'events') next.delete('tab')
    else next.set('tab', name)
    return { search: next.toString() }
  }
  return (
    <Page
      fill
      title={`Run ${shortId(run.runId)} ${runTitle(run)}`}
      heading={
        <>
          Run <CopyText text={run.runId} shown={shortId(run.runId)} />
        </>
      }
      meta={
        <>
          <RunStatusTag status={status} />
          <RunTarget run={run} />
          <span>
            by <RunOriginText run={run} />
          </span>
          <span>
            <Time at={start ?? run.creationTime} />
          </span>
          <span title="Duration">
            <Elapsed from={started} to={end} />
          </span>
          {run.rootRunId && run.rootRunId !== run.runId && (
            <Link to={runPath(run.rootRunId)}>first run {shortId(run.rootRunId)}</Link>
          )}
        </>
      }
      actions={
        <Actions
          run={run}
          status={status}
          canStop={answer.canTerminate}
          steps={steps}
          step={params.get('step') ?? ''}
        />
      }
    >
      <Panel className="run-gantt">
        <Gantt
          steps={steps}
          start={start}
          end={end}
          active={!isFinished(status)}
          chosen={params.get('step') ?? ''}
          onChoose={(step) => change({ step })}
        />
      </Panel>
      <Tabs
        label="Run"
        items={[
          { to: at('events'), label: 'Events', current: tab === 'events' },
          { to: at('logs'), label: 'Output', current: tab === 'logs' },
          { to: at('config'), label: 'Config and tags', current: tab === 'config' },
        ]}
      />
      {log.problem && <p className="error">The event stream reported: {log.problem}</p>}
      {tab === 'logs' ? (
        <CapturedLogs runId={run.runId} events={log.events} />
      ) : tab === 'config' ? (
        <ConfigTab run={run} />
      ) : (
        <EventList log={log} stepKeys={steps.map((step) => step.key)} />
      )}
    </Page>
  )
}

export default function RunPage() {
  const { runId = '' } = useParams()
  const query = useGql(RunPageDocument, { runId })
  return (
    <QueryView query={query} pageTitle={`Run ${shortId(runId)}`}>
      {(data) => <RunView key={runId} run={expectType(data.runOrError, 'Run')} />}
    </QueryView>
  )
}
