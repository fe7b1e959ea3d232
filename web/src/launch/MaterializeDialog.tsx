/** Launches assets: checks what can run together, asks for partitions and config where needed, leads to the run. */
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { assetStatuses } from '../assets/statusStore'
import {
  AssetLaunchExtrasDocument,
  AssetLaunchInfoDocument,
  type PipelineSelector,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { backfillPath, keyToText, plural, runPath, shortId } from '../lib/names'
import { Button, Empty, SkeletonRows } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { ErrorView } from '../ui/ErrorView'
import { notify } from '../ui/toast'
import { ConfigEditor, schemaOf, useConfigCheck, useLaunchSchema } from './ConfigEditor'
import { launchBackfill, launchRun } from './launchRequests'
import type { MaterializeTarget } from './MaterializeButton'
import {
  combineKeys,
  dynamicName,
  launchOf,
  partitionTags,
  planLaunch,
  type Dimension,
  type Partitioning,
  type Ready,
} from './materialize'
import { PartitionPicker } from './PartitionPicker'
import { usePartitionStates } from './partitionStates'

export default function MaterializeDialog({
  assetKeys,
  partition,
  onClose,
}: MaterializeTarget & { onClose: () => void }) {
  const keys = assetKeys.map(({ path }) => ({ path }))
  const extra = useGql(AssetLaunchExtrasDocument, { assetKeys: keys }, { staleTime: 10_000 })
  const all = extra.data && [
    ...keys,
    ...extra.data.assetNodeAdditionalRequiredKeys.map(({ path }) => ({ path })),
  ]
  const query = useGql(
    AssetLaunchInfoDocument,
    { assetKeys: all ?? keys },
    { staleTime: 10_000, enabled: all !== undefined, keepPrevious: true },
  )
  const error = extra.error ?? query.error
  if (!query.data || !all) {
    return (
      <Dialog title="Materialize" onClose={onClose}>
        {error ? <ErrorView error={error} /> : <SkeletonRows rows={4} />}
      </Dialog>
    )
  }
  const plan = planLaunch(query.data.assetNodes)
  if (plan.kind === 'refused') {
    return (
      <Dialog title="Materialize" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
        <Empty title="These assets cannot be launched">{plan.reason}</Empty>
      </Dialog>
    )
  }
  return (
    <LaunchForm
      plan={plan}
      extra={all.slice(keys.length)}
      partition={partition}
      onAdded={() => query.refetch()}
      onClose={onClose}
    />
  )
}

type Choice = Record<string, Record<string, string[]>>

function LaunchForm(props: {
  plan: Ready
  extra: { path: string[] }[]
  partition: string | undefined
  onAdded: () => Promise<unknown>
  onClose: () => void
}) {
  const { plan, extra } = props
  const navigate = useNavigate()
  const client = useQueryClient()
  const [choice, setChoice] = useState<Choice>(() =>
    Object.fromEntries(
      plan.partitionings.map((each) => [each.id, initialChoice(each.dimensions, props.partition)]),
    ),
  )
  const [config, setConfig] = useState('')
  const [showConfig, setShowConfig] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  const selection = useMemo(() => plan.nodes.map((node) => ({ path: node.assetKey.path })), [plan.nodes])
  const selector = useMemo((): PipelineSelector | undefined => {
    return (
      plan.run && {
        pipelineName: plan.run.job,
        repositoryName: plan.run.repository,
        repositoryLocationName: plan.run.location,
        assetSelection: selection,
      }
    )
  }, [plan, selection])
  const schema = useLaunchSchema(selector)
  const defaults = schemaOf(schema.data)?.rootDefaultYaml
  const check = useConfigCheck(selector, config)
  const needsConfig = check.state === 'invalid'
  const keys = new Map(
    plan.partitionings.map((each) => [each.id, combineKeys(each.dimensions, choice[each.id] ?? {})]),
  )
  const planned = launchOf(plan, keys)

  const launch = async () => {
    if (!planned) return
    setBusy(true)
    setError(undefined)
    try {
      if (planned.kind === 'backfill') {
        const backfillId = await launchBackfill({
          ...planned.params,
          ...(config.trim() ? { runConfigData: config } : {}),
        })
        notify(
          'success',
          <>
            Backfill <Link to={backfillPath(backfillId)}>{backfillId}</Link>
            {planned.count > 0 && <> over {plural(planned.count, 'partition')}</>} was requested.
          </>,
        )
        void navigate(backfillPath(backfillId))
      } else {
        const { run, partition } = planned
        const dimensions = plan.partitionings[0]?.dimensions ?? []
        const runId = await launchRun({
          mode: 'default',
          selector: {
            pipelineName: run.job,
            repositoryName: run.repository,
            repositoryLocationName: run.location,
            assetSelection: selection,
          },
          runConfigData: config.trim() ? config : {},
          executionMetadata: { tags: partition ? partitionTags(dimensions, partition) : [] },
        })
        notify(
          'success',
          <>
            Launched run <Link to={runPath(runId)}>{shortId(runId)}</Link>.
          </>,
        )
        void navigate(runPath(runId))
      }
      assetStatuses.refresh()
      await client.invalidateQueries()
      props.onClose()
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }

  const title =
    plan.nodes.length === 1
      ? `Materialize ${keyToText(plan.nodes[0]!.assetKey)}`
      : `Materialize ${plan.nodes.length} assets`
  return (
    <Dialog
      wide={showConfig || needsConfig}
      title={title}
      onClose={props.onClose}
      footer={
        <>
          <Button
            look="quiet"
            onClick={() => setShowConfig(!showConfig)}
            aria-expanded={showConfig || needsConfig}
          >
            {showConfig ? 'Hide config' : 'Config …'}
          </Button>
          <span className="push" />
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={busy || !planned || check.state === 'invalid'}
            onClick={() => void launch()}
          >
            {busy
              ? 'Launching …'
              : planned?.kind === 'backfill'
                ? planned.count > 0
                  ? `Launch backfill of ${planned.count.toLocaleString()}`
                  : 'Launch backfill'
                : 'Launch run'}
          </Button>
        </>
      }
    >
      {plan.nodes.length > 1 && (
        <p className="soft">
          {plan.nodes
            .slice(0, 8)
            .map((node) => keyToText(node.assetKey))
            .join(', ')}
          {plan.nodes.length > 8 && ` and ${plan.nodes.length - 8} more`}
        </p>
      )}
      {extra.length > 0 && (
        <p className="soft">Also runs {extra.map(keyToText).join(', ')}: one function makes them together.</p>
      )}
      {plan.partitionings.map((each) => (
        <PartitionChoice
          key={each.id}
          partitioning={each}
          titled={plan.partitionings.length > 1}
          chosen={choice[each.id] ?? {}}
          onChoose={(chosen) => setChoice((before) => ({ ...before, [each.id]: chosen }))}
          onAdded={props.onAdded}
        />
      ))}
      {(showConfig || needsConfig) && (
        <ConfigEditor
          value={config}
          onChange={setConfig}
          check={check}
          schema={schemaOf(schema.data)}
          defaults={defaults}
          onSubmit={() => !busy && check.state !== 'invalid' && void launch()}
        />
      )}
      {!showConfig && !needsConfig && plan.partitionings.length === 0 && (
        <p className="soft">
          {plan.run ? `Starts one run in the code location ${plan.run.location}` : 'Starts one run per job'}
          {defaults && defaults.trim() !== '' && defaults.trim() !== '{}' ? ' with the default config.' : '.'}
        </p>
      )}
      {error !== undefined && <ErrorView error={error} title="The launch was refused" />}
    </Dialog>
  )
}

/** The keys of assets that are partitioned alike, one picker per dimension. */
function PartitionChoice(props: {
  partitioning: Partitioning
  titled: boolean
  chosen: Record<string, string[]>
  onChoose: (chosen: Record<string, string[]>) => void
  onAdded: () => Promise<unknown>
}) {
  const { partitioning, chosen, onChoose } = props
  const { nodes, dimensions } = partitioning
  const states = usePartitionStates(nodes.length === 1 && dimensions.length === 1 ? nodes[0] : undefined)
  return (
    <>
      {props.titled && (
        <h3 className="clip">
          {nodes
            .slice(0, 4)
            .map((node) => keyToText(node.assetKey))
            .join(', ')}
          {nodes.length > 4 && ` and ${nodes.length - 4} more`}
        </h3>
      )}
      {dimensions.map((dimension) => (
        <PartitionPicker
          key={dimension.name}
          dimension={dimension}
          picked={chosen[dimension.name] ?? []}
          onPick={(picked) => onChoose({ ...chosen, [dimension.name]: picked })}
          states={states}
          dynamic={dynamicPartitions(partitioning, dimension)}
          onAdded={props.onAdded}
        />
      ))}
      {dimensions.length > 1 && (
        <p className="muted">Together {plural(combineKeys(dimensions, chosen).length, 'partition')}.</p>
      )}
    </>
  )
}

function dynamicPartitions(partitioning: Partitioning, dimension: Dimension) {
  const definition = dynamicName(partitioning, dimension.name)
  const { name, location } = partitioning.nodes[0]!.repository
  return definition === undefined
    ? undefined
    : { definition, repository: { repositoryName: name, repositoryLocationName: location.name } }
}

function initialChoice(
  dimensions: readonly Dimension[],
  partition: string | undefined,
): Record<string, string[]> {
  const names = dimensions.map((dimension) => dimension.name).sort()
  const parts = partition === undefined ? [] : names.length > 1 ? partition.split('|') : [partition]
  return Object.fromEntries(
    dimensions.map((dimension) => {
      const given = parts[names.indexOf(dimension.name)]
      const last = dimension.partitionKeys.at(-1)
      return [dimension.name, given !== undefined ? [given] : last !== undefined ? [last] : []]
    }),
  )
}
