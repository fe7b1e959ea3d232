/** Launches a job: config, tags, a partition, a subset of its ops. Drafts live as long as the tab. */
import { useEffect, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import { PartitionConfigDocument, RunPageDocument, type PipelineSelector } from '../graphql/generated/graphql'
import { ConfigEditor, schemaOf, useConfigCheck, useLaunchSchema } from '../launch/ConfigEditor'
import { launchRun } from '../launch/launchRequests'
import { runPath, type RepoAddress } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Button, Panel } from '../ui/basics'
import { ErrorView } from '../ui/ErrorView'
import { notifyError } from '../ui/toast'
import { parseOpSelection, unknownOps } from './opSelection'
import { parseTags } from './tags'
import { usePartitions } from './usePartitions'
import type { JobInfo } from './opGraph'

const drafts = new Map<string, string>()

export function Launchpad({ job, repo }: { job: JobInfo; repo: RepoAddress }) {
  const [params, change] = useUrlParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const draftKey = `${repo.location}/${repo.repository}/${job.name}`
  const [config, setConfig] = useState(drafts.get(draftKey) ?? '')
  const [tagText, setTagText] = useState('')
  const [opText, setOpText] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const partition = params.get('partition') ?? ''
  const fromRun = params.get('run')
  const partitions = usePartitions(repo, job.name)

  const opNames = useMemo(() => job.solidHandles.map((handle) => handle.handleID), [job.solidHandles])
  const ops = useMemo(() => parseOpSelection(opText), [opText])
  const strangers = unknownOps(ops, opNames)
  // What is still being typed is no selection yet.
  const selectionKey = strangers.length === 0 ? ops.join(' ') : ''
  const selector = useMemo(
    (): PipelineSelector => ({
      pipelineName: job.name,
      repositoryName: repo.repository,
      repositoryLocationName: repo.location,
      ...(selectionKey && { solidSelection: selectionKey.split(' ') }),
    }),
    [job.name, repo.repository, repo.location, selectionKey],
  )
  const schema = useLaunchSchema(selector)
  const parsedSchema = schemaOf(schema.data)
  const defaults = parsedSchema?.rootDefaultYaml
  const check = useConfigCheck(selector, config)
  const tags = useMemo(() => parseTags(tagText), [tagText])

  const edit = (value: string) => {
    drafts.set(draftKey, value)
    setConfig(value)
  }
  useEffect(() => {
    if (!fromRun) return
    void request(RunPageDocument, { runId: fromRun })
      .then((data) => {
        drafts.set(draftKey, expectType(data.runOrError, 'Run').runConfigYaml)
        setConfig(drafts.get(draftKey)!)
      })
      .catch(notifyError)
  }, [fromRun, draftKey])

  const choosePartition = async (name: string) => {
    change({ partition: name })
    if (!name || !partitions.set) return
    try {
      const variables = { repository: partitions.repository, set: partitions.set.name, partition: name }
      const answer = (await request(PartitionConfigDocument, variables)).partitionSetOrError
      if (answer?.__typename !== 'PartitionSet' || !answer.partition) return
      const { runConfigOrError, tagsOrError } = answer.partition
      edit(expectType(runConfigOrError, 'PartitionRunConfig').yaml)
      const given = expectType(tagsOrError, 'PartitionTags').results
      setTagText(given.map((tag) => `${tag.key}=${tag.value}`).join('\n'))
    } catch (cause) {
      setError(cause)
    }
  }

  const launch = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const known = new Set(tags.tags.map((tag) => tag.key))
      const own = job.runTags.filter((tag) => !known.has(tag.key)).map(({ key, value }) => ({ key, value }))
      const runId = await launchRun({
        mode: 'default',
        selector,
        runConfigData: config.trim() ? config : {},
        executionMetadata: { tags: [...own, ...tags.tags] },
      })
      await client.invalidateQueries()
      void navigate(runPath(runId))
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }
  const blocked =
    busy ||
    check.state === 'invalid' ||
    tags.problems.length > 0 ||
    strangers.length > 0 ||
    !job.hasLaunchExecutionPermission

  return (
    <div className="grid-main launchpad">
      <div className="stack">
        <ConfigEditor
          value={config}
          onChange={edit}
          check={check}
          schema={parsedSchema}
          defaults={defaults}
          onSubmit={() => !blocked && void launch()}
        />
        {error !== undefined && <ErrorView error={error} title="The launch was refused" />}
      </div>
      <div className="stack">
        <Panel title="Launch">
          <div className="panel-body stack">
            {partitions.keys.length > 0 && (
              <label className="stack-s">
                Partition
                <select
                  className="select"
                  value={partition}
                  onChange={(event) => void choosePartition(event.target.value)}
                >
                  <option value="">none chosen</option>
                  {[...partitions.keys]
                    .reverse()
                    .slice(0, 2000)
                    .map((key) => (
                      <option key={key}>{key}</option>
                    ))}
                </select>
              </label>
            )}
            {!job.isAssetJob && opNames.length > 1 && (
              <label className="stack-s">
                Ops, all if none is named
                <input
                  className="input"
                  list="launchpad-ops"
                  placeholder="extract, clean*"
                  value={opText}
                  onChange={(event) => setOpText(event.target.value)}
                  spellCheck={false}
                />
                <datalist id="launchpad-ops">
                  {opNames.map((name) => (
                    <option key={name} value={name} />
                  ))}
                </datalist>
                <span className="muted">
                  {strangers.length > 0
                    ? `No op of this job: ${strangers.join(', ')}`
                    : ops.length > 0
                      ? 'A * after a name takes what follows it too, before a name what leads to it.'
                      : ''}
                </span>
              </label>
            )}
            <label className="stack-s">
              Tags, one key=value per line
              <textarea
                className="input tags-input"
                rows={4}
                value={tagText}
                onChange={(event) => setTagText(event.target.value)}
                spellCheck={false}
              />
            </label>
            {tags.problems.map((problem) => (
              <p key={problem} className="muted">
                {problem}
              </p>
            ))}
            <Button look="primary" icon="runs" disabled={blocked} onClick={() => void launch()}>
              {busy ? 'Launching …' : 'Launch run'}
            </Button>
            <p className="muted">
              {job.hasLaunchExecutionPermission
                ? 'Ctrl Enter in the editor launches too. Ctrl Space completes keys.'
                : 'You may not launch this job.'}
            </p>
          </div>
        </Panel>
      </div>
    </div>
  )
}
