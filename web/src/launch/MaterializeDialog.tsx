/** Launches assets: checks what can run together, asks for partitions and config where needed, leads to the run. */
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { assetStatuses } from '../assets/statusStore'
import {
  AssetLaunchInfoDocument,
  type AssetLaunchInfoQuery,
  type PipelineSelector,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { keyToText, plural, runPath, shortId } from '../lib/names'
import { Button, Empty, SkeletonRows } from '../ui/basics'
import { Dialog } from '../ui/Dialog'
import { ErrorView } from '../ui/ErrorView'
import { notify } from '../ui/toast'
import { ConfigEditor, schemaOf, useConfigCheck, useLaunchSchema } from './ConfigEditor'
import { launchBackfill, launchRun } from './launchRequests'
import type { MaterializeTarget } from './MaterializeButton'
import { combineKeys, partitionTags, planLaunch, type Dimension, type Plan } from './materialize'
import { PartitionPicker } from './PartitionPicker'

type Ready = Extract<Plan, { kind: 'ready' }>

export default function MaterializeDialog({
  assetKeys,
  partition,
  onClose,
}: MaterializeTarget & { onClose: () => void }) {
  const query = useGql(
    AssetLaunchInfoDocument,
    { assetKeys: assetKeys.map(({ path }) => ({ path })) },
    { staleTime: 10_000 },
  )
  if (!query.data) {
    return (
      <Dialog title="Materialize" onClose={onClose}>
        {query.error ? <ErrorView error={query.error} /> : <SkeletonRows rows={4} />}
      </Dialog>
    )
  }
  const plan = planLaunch(query.data.assetNodes)
  if (plan.kind === 'refused') {
    return (
      <Dialog title="Materialize" onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
        <Empty title="These assets cannot be launched together">{plan.reason}</Empty>
      </Dialog>
    )
  }
  return (
    <LaunchForm
      plan={plan}
      extra={query.data.assetNodeAdditionalRequiredKeys}
      partition={partition}
      onClose={onClose}
    />
  )
}

function LaunchForm(props: {
  plan: Ready
  extra: AssetLaunchInfoQuery['assetNodeAdditionalRequiredKeys']
  partition: string | undefined
  onClose: () => void
}) {
  const { plan, extra } = props
  const navigate = useNavigate()
  const client = useQueryClient()
  const dimensions = useMemo(() => plan.partitioned?.partitionKeysByDimension ?? [], [plan.partitioned])
  const [chosen, setChosen] = useState<Record<string, string[]>>(() =>
    initialChoice(dimensions, props.partition),
  )
  // A server that does not list the keys still takes one that is typed in.
  const blind = plan.partitioned !== undefined && dimensions.length === 0
  const [typed, setTyped] = useState(props.partition ?? '')
  const [config, setConfig] = useState('')
  const [showConfig, setShowConfig] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()

  const selection = useMemo(
    () => [...plan.nodes.map((node) => node.assetKey), ...extra].map(({ path }) => ({ path })),
    [plan.nodes, extra],
  )
  const selector = useMemo(
    (): PipelineSelector => ({
      pipelineName: plan.job,
      repositoryName: plan.repository,
      repositoryLocationName: plan.location,
      assetSelection: selection,
    }),
    [plan, selection],
  )
  const schema = useLaunchSchema(selector)
  const defaults = schemaOf(schema.data)?.rootDefaultYaml
  const check = useConfigCheck(selector, config)
  const needsConfig = check.state === 'invalid'
  const keys =
    dimensions.length > 0 ? combineKeys(dimensions, chosen) : blind && typed.trim() ? [typed.trim()] : []
  const missingPartitions = plan.partitioned !== undefined && keys.length === 0

  const launch = async () => {
    setBusy(true)
    setError(undefined)
    try {
      if (keys.length > 1) {
        const backfillId = await launchBackfill({
          assetSelection: selection,
          partitionNames: keys,
          ...(config.trim() ? { runConfigData: config } : {}),
        })
        notify(
          'success',
          <>
            Backfill <Link to={'/backfills'}>{backfillId}</Link> over {plural(keys.length, 'partition')} was
            requested.
          </>,
        )
      } else {
        const runId = await launchRun({
          mode: 'default',
          selector,
          runConfigData: config.trim() ? config : {},
          executionMetadata: { tags: keys[0] ? partitionTags(dimensions, keys[0]) : [] },
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
            disabled={busy || missingPartitions || check.state === 'invalid'}
            onClick={() => void launch()}
          >
            {busy
              ? 'Launching …'
              : keys.length > 1
                ? `Launch backfill of ${keys.length.toLocaleString()}`
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
      {dimensions.map((dimension) => (
        <PartitionPicker
          key={dimension.name}
          dimension={dimension}
          picked={chosen[dimension.name] ?? []}
          onPick={(picked) => setChosen({ ...chosen, [dimension.name]: picked })}
        />
      ))}
      {blind && (
        <label className="stack-s">
          Partition key
          <input
            className="input picker-input"
            value={typed}
            placeholder="2026-01-31"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      {dimensions.length > 1 && <p className="muted">Together {plural(keys.length, 'partition')}.</p>}
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
      {!showConfig && !needsConfig && dimensions.length === 0 && (
        <p className="soft">
          Starts one run in the code location {plan.location}
          {defaults && defaults.trim() !== '' && defaults.trim() !== '{}' ? ' with the default config.' : '.'}
        </p>
      )}
      {error !== undefined && <ErrorView error={error} title="The launch was refused" />}
    </Dialog>
  )
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
