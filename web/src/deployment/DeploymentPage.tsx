import { useState } from 'react'
import { Link, useLocation } from 'react-router'
import { useQueryClient } from '@tanstack/react-query'
import { Page } from '../app/Page'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import {
  InstanceConfigDocument,
  LocationsDocument,
  ReloadLocationDocument,
  ReloadWorkspaceDocument,
  type LocationRowFragment,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { isHiddenJob, plural } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { Button, Empty, Panel, Tabs, Tag, Time } from '../ui/basics'
import { PythonErrorView } from '../ui/ErrorView'
import { QueryView } from '../ui/QueryView'
import { StatusDisc, type DiscKind } from '../ui/StatusDisc'
import { notify, notifyError } from '../ui/toast'
import { Daemons } from './Daemons'
import { Pools } from './Pools'
import './deployment.css'

function locationLook(entry: LocationRowFragment): { disc: DiscKind; label: string } {
  if (entry.loadStatus === 'LOADING') return { disc: 'running', label: 'Loading' }
  if (entry.locationOrLoadError?.__typename === 'PythonError')
    return { disc: 'failure', label: 'Failed to load' }
  return entry.locationOrLoadError
    ? { disc: 'success', label: 'Loaded' }
    : { disc: 'none', label: 'Not loaded' }
}

function useReload() {
  const client = useQueryClient()
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const run = async (name: string, action: () => Promise<void>) => {
    setBusy((before) => new Set(before).add(name))
    try {
      await action()
    } catch (error) {
      notifyError(error)
    }
    await client.invalidateQueries()
    setBusy((before) => new Set([...before].filter((each) => each !== name)))
  }
  const reload = (name: string) =>
    run(name, async () => {
      const answer = await request(ReloadLocationDocument, { name })
      const entry = expectType(answer.reloadRepositoryLocation, 'WorkspaceLocationEntry')
      if (entry.locationOrLoadError?.__typename === 'PythonError')
        notify('failure', `${name} was reloaded and failed to load.`)
      else notify('success', `${name} is reloaded.`)
    })
  const reloadAll = () =>
    run('', async () => {
      const answer = await request(ReloadWorkspaceDocument, {})
      const { locationEntries } = expectType(answer.reloadWorkspace, 'Workspace')
      const broken = locationEntries.filter(
        (entry) => entry.locationOrLoadError?.__typename === 'PythonError',
      ).length
      if (broken) notify('failure', `Reloaded; ${plural(broken, 'code location')} failed to load.`)
      else notify('success', `Reloaded ${plural(locationEntries.length, 'code location')}.`)
    })
  return { busy, reload, reloadAll }
}

function Location(props: {
  entry: LocationRowFragment
  busy: boolean
  chosen: boolean
  onReload: () => void
}) {
  const { entry } = props
  const look = locationLook(entry)
  const content = entry.locationOrLoadError
  const loaded = content?.__typename === 'RepositoryLocation' ? content : undefined
  const count = <T,>(of: (repository: NonNullable<typeof loaded>['repositories'][number]) => T[]) =>
    loaded?.repositories.reduce((sum, each) => sum + of(each).length, 0) ?? 0
  return (
    <section
      className={props.chosen ? 'panel loc loc-chosen' : 'panel loc'}
      aria-label={`Code location ${entry.name}`}
    >
      <header>
        <StatusDisc kind={props.busy ? 'running' : look.disc} label={look.label} size={16} />
        <h2>{entry.name}</h2>
        <span className="soft">{props.busy ? 'Reloading' : look.label}</span>
        <span className="muted">
          <Time at={entry.updatedTimestamp} />
        </span>
        <Button
          className="push"
          small
          icon="reload"
          disabled={props.busy}
          aria-label={`Reload ${entry.name}`}
          onClick={props.onReload}
        >
          Reload
        </Button>
      </header>
      <div className="panel-body stack">
        {content?.__typename === 'PythonError' && (
          <PythonErrorView error={content} title={`${entry.name} could not be loaded`} />
        )}
        {loaded && (
          <div className="row wrap">
            <Tag>
              {plural(
                count((each) => each.pipelines.filter((job) => !isHiddenJob(job.name))),
                'job',
              )}
            </Tag>
            <Tag>
              {plural(
                count((each) => each.assetGroups),
                'asset group',
              )}
            </Tag>
            <Tag>
              {plural(
                count((each) => each.schedules),
                'schedule',
              )}
            </Tag>
            <Tag>
              {plural(
                count((each) => each.sensors),
                'sensor',
              )}
            </Tag>
            {loaded.dagsterLibraryVersions?.map((each) => (
              <Tag key={each.name} title="Version the code server reports">
                {each.name} {each.version}
              </Tag>
            ))}
          </div>
        )}
        {entry.displayMetadata.length > 0 && (
          <dl className="defs">
            {entry.displayMetadata.map((each) => (
              <div key={each.key} style={{ display: 'contents' }}>
                <dt>{each.key}</dt>
                <dd className="mono">{each.value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </section>
  )
}

function Locations() {
  const [params] = useUrlParams()
  const query = useGql(LocationsDocument, {}, { poll: 4000 })
  const { busy, reload, reloadAll } = useReload()
  const chosen = params.get('location')
  return (
    <QueryView query={query}>
      {(data) => {
        const entries = expectType(data.workspaceOrError, 'Workspace').locationEntries
        if (entries.length === 0) {
          return (
            <Empty title="No code locations">
              Start the server with your code, for instance rondel dev -f definitions.py, or list locations in
              a workspace.yaml and reload.
            </Empty>
          )
        }
        const ordered = chosen
          ? [...entries].sort((a, b) => Number(b.name === chosen) - Number(a.name === chosen))
          : entries
        return (
          <div className="stack">
            <div className="row">
              <span className="soft">{plural(entries.length, 'code location')}</span>
              <Button className="push" icon="reload" disabled={busy.has('')} onClick={() => void reloadAll()}>
                {busy.has('') ? 'Reloading …' : 'Reload all'}
              </Button>
            </div>
            {ordered.map((entry) => (
              <Location
                key={entry.id}
                entry={entry}
                chosen={entry.name === chosen}
                busy={busy.has(entry.name) || busy.has('')}
                onReload={() => void reload(entry.name)}
              />
            ))}
          </div>
        )
      }}
    </QueryView>
  )
}

function Config() {
  const query = useGql(InstanceConfigDocument, {})
  return (
    <QueryView query={query}>
      {({ instance, version }) => (
        <div className="grid-main">
          <Panel title="dagster.yaml as in force">
            <div className="panel-body">
              {instance.info ? (
                <pre className="code">{instance.info}</pre>
              ) : (
                <Empty small title="Not shown">
                  The server keeps its configuration to itself.
                </Empty>
              )}
            </div>
          </Panel>
          <div className="stack">
            <Panel title="Server">
              <div className="panel-body">
                <dl className="defs">
                  <dt>Version</dt>
                  <dd>{version}</dd>
                  <dt>Run launcher</dt>
                  <dd>{instance.runLauncher?.name ?? 'none'}</dd>
                  <dt>Run queue</dt>
                  <dd>
                    {!instance.runQueuingSupported
                      ? 'runs start at once'
                      : instance.runQueueConfig && instance.runQueueConfig.maxConcurrentRuns >= 0
                        ? `at most ${plural(instance.runQueueConfig.maxConcurrentRuns, 'run')} at a time`
                        : 'queued, without a limit'}
                  </dd>
                </dl>
                {instance.runQueueConfig?.tagConcurrencyLimitsYaml && (
                  <pre className="code">{instance.runQueueConfig.tagConcurrencyLimitsYaml}</pre>
                )}
              </div>
            </Panel>
          </div>
        </div>
      )}
    </QueryView>
  )
}

export default function DeploymentPage() {
  const [params] = useUrlParams()
  const { pathname } = useLocation()
  const tab = params.get('tab') ?? 'locations'
  const to = (name: string) => ({ pathname, search: name === 'locations' ? '' : `?tab=${name}` })
  return (
    <Page
      title="Deployment"
      actions={
        <Link to="/graphql" reloadDocument className="btn btn-small btn-quiet">
          GraphQL
        </Link>
      }
      tabs={
        <Tabs
          label="Deployment"
          items={[
            { to: to('locations'), label: 'Code locations', current: tab === 'locations' },
            { to: to('daemons'), label: 'Daemons', current: tab === 'daemons' },
            { to: to('pools'), label: 'Pools', current: tab === 'pools' },
            { to: to('config'), label: 'Configuration', current: tab === 'config' },
          ]}
        />
      }
    >
      {tab === 'daemons' ? (
        <Daemons />
      ) : tab === 'pools' ? (
        <Pools />
      ) : tab === 'config' ? (
        <Config />
      ) : (
        <Locations />
      )}
    </Page>
  )
}
