import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { expectType } from '../graphql/errors'
import { AssetChecksDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { launchRun } from '../launch/launchRequests'
import { runPath, shortId, type RepoAddress } from '../lib/names'
import { Button, Empty, Panel, SkeletonRows, Tag, Time } from '../ui/basics'
import { Markdown } from '../ui/Markdown'
import { MetadataList } from '../ui/Metadata'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { notifyError } from '../ui/toast'
import { CheckHistory } from './CheckHistory'
import { checkLook, type Check } from './checkLook'

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
                    {history === check.name && <CheckHistory assetKey={assetKey} name={check.name} />}
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
