import { useState } from 'react'
import { Link } from 'react-router'
import { useNavigate } from 'react-router'
import { expectType } from '../graphql/errors'
import {
  AssetCheckHistoryDocument,
  AssetChecksDocument,
  type AssetChecksQuery,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { launchRun } from '../launch/launchRequests'
import { runPath, shortId, type RepoAddress } from '../lib/names'
import { Button, Empty, Panel, SkeletonRows, Tag, Time } from '../ui/basics'
import { Markdown } from '../ui/Markdown'
import { MetadataList } from '../ui/Metadata'
import { QueryView } from '../ui/QueryView'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import { notifyError } from '../ui/toast'

type Node = Extract<AssetChecksQuery['assetNodeOrError'], { __typename: 'AssetNode' }>
type Check = Extract<Node['assetChecksOrError'], { __typename: 'AssetChecks' }>['checks'][number]
type Execution = NonNullable<Check['executionForLatestMaterialization']>

function checkLook(execution: Pick<Execution, 'status' | 'evaluation'> | null | undefined): {
  disc: DiscKind
  label: string
} {
  switch (execution?.status) {
    case 'SUCCEEDED':
      return { disc: 'success', label: 'Passed' }
    case 'FAILED':
      return execution.evaluation?.severity === 'WARN'
        ? { disc: 'warning', label: 'Warning' }
        : { disc: 'failure', label: 'Did not pass' }
    case 'EXECUTION_FAILED':
      return { disc: 'failure', label: 'The check itself failed' }
    case 'IN_PROGRESS':
      return { disc: 'running', label: 'Running' }
    case 'SKIPPED':
      return { disc: 'skipped', label: 'Skipped' }
    default:
      return { disc: 'none', label: 'Not evaluated since the latest materialization' }
  }
}

function History({ assetKey, name }: { assetKey: { path: string[] }; name: string }) {
  const query = useGql(AssetCheckHistoryDocument, {
    assetKey: { path: assetKey.path },
    checkName: name,
    limit: 25,
  })
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
      {({ assetCheckExecutions }) => (
        <table className="table">
          <tbody>
            {assetCheckExecutions.map((execution) => {
              const look = checkLook(execution)
              return (
                <tr key={execution.id}>
                  <td>
                    <span className="row">
                      <StatusDisc kind={look.disc} /> {look.label}
                    </span>
                  </td>
                  <td>
                    <Time at={execution.timestamp} absolute />
                  </td>
                  <td>
                    <Link className="mono" to={runPath(execution.runId)}>
                      {shortId(execution.runId)}
                    </Link>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </QueryView>
  )
}

export function Checks({ assetKey, repo }: { assetKey: { path: string[] }; repo: RepoAddress }) {
  const query = useGql(AssetChecksDocument, { assetKey: { path: assetKey.path } }, { poll: 6_000 })
  const navigate = useNavigate()
  const [history, setHistory] = useState<string | null>(null)
  const run = async (checks: Check[]) => {
    const job = checks[0]?.jobNames.find((name) => name.startsWith('__ASSET_JOB')) ?? checks[0]?.jobNames[0]
    if (!job) return
    try {
      const runId = await launchRun({
        mode: 'default',
        selector: {
          pipelineName: job,
          repositoryName: repo.repository,
          repositoryLocationName: repo.location,
          assetSelection: [],
          assetCheckSelection: checks.map((check) => ({
            assetKey: { path: assetKey.path },
            name: check.name,
          })),
        },
        runConfigData: {},
      })
      void navigate(runPath(runId))
    } catch (error) {
      notifyError(error)
    }
  }
  return (
    <QueryView query={query} skeleton={<SkeletonRows rows={4} />}>
      {(data) => {
        const { checks } = expectType(
          expectType(data.assetNodeOrError, 'AssetNode').assetChecksOrError,
          'AssetChecks',
        )
        if (checks.length === 0) {
          return (
            <Empty title="No checks">
              A check says whether the data is as it should be: decorate a function with
              @dg.asset_check(asset=…) and return an AssetCheckResult.
            </Empty>
          )
        }
        const own = checks.filter((check) => check.canExecuteIndividually === 'CAN_EXECUTE')
        return (
          <div className="stack">
            {own.length > 0 && (
              <div>
                <Button icon="check" onClick={() => void run(own)}>
                  Run {own.length === 1 ? 'the check' : `${own.length} checks`}
                </Button>
              </div>
            )}
            {checks.map((check) => {
              const execution = check.executionForLatestMaterialization
              const look = checkLook(execution)
              return (
                <Panel
                  key={check.name}
                  title={
                    <span className="row">
                      <StatusDisc kind={look.disc} size={16} label={look.label} />
                      {check.name}
                    </span>
                  }
                  actions={
                    <>
                      {check.blocking && <Tag tone="accent">blocking</Tag>}
                      <span className="soft">{look.label}</span>
                      {execution && <Time at={execution.timestamp} />}
                    </>
                  }
                >
                  <div className="panel-body stack">
                    {check.description && <Markdown text={check.description} />}
                    {execution?.evaluation?.description && <p>{execution.evaluation.description}</p>}
                    {execution?.evaluation && execution.evaluation.metadataEntries.length > 0 && (
                      <MetadataList entries={execution.evaluation.metadataEntries} />
                    )}
                    <div className="row">
                      {execution && <Link to={runPath(execution.runId)}>Run {shortId(execution.runId)}</Link>}
                      <Button
                        small
                        look="quiet"
                        aria-expanded={history === check.name}
                        onClick={() => setHistory(history === check.name ? null : check.name)}
                      >
                        History
                      </Button>
                    </div>
                    {history === check.name && <History assetKey={assetKey} name={check.name} />}
                  </div>
                </Panel>
              )
            })}
          </div>
        )
      }}
    </QueryView>
  )
}
