import { Link, useLocation } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import {
  AutomationDocument,
  type AutomationQuery,
  type InstigationTickStatus,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { jobPath, plural, repoAddressToText, schedulePath, sensorPath, type RepoAddress } from '../lib/names'
import { localTime } from '../lib/time'
import { useUrlParams } from '../lib/urlState'
import { Empty, Panel, SearchInput, SkeletonRows, Tabs, Tag, Time } from '../ui/basics'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import { InstigatorSwitch } from './InstigatorSwitch'
import { cronText, tickLook } from './look'

type Workspace = Extract<AutomationQuery['workspaceOrError'], { __typename: 'Workspace' }>
type Location = Extract<
  NonNullable<Workspace['locationEntries'][number]['locationOrLoadError']>,
  { __typename: 'RepositoryLocation' }
>
type Repository = Location['repositories'][number]
type Schedule = Repository['schedules'][number]
type Sensor = Repository['sensors'][number]

interface Row<T> {
  repo: RepoAddress
  item: T
}

function rows<T>(workspace: Workspace, of: (repository: Repository) => T[]): Row<T>[] {
  return workspace.locationEntries.flatMap((entry) =>
    entry.locationOrLoadError?.__typename === 'RepositoryLocation'
      ? entry.locationOrLoadError.repositories.flatMap((repository) =>
          of(repository).map((item) => ({
            repo: { repository: repository.name, location: entry.name },
            item,
          })),
        )
      : [],
  )
}

function TickDiscs({
  ticks,
  path,
}: {
  ticks: { id: string; tickId: string; status: InstigationTickStatus; timestamp: number }[]
  path: string
}) {
  if (ticks.length === 0) return <span className="muted">none yet</span>
  return (
    <span className="row disc-row">
      {[...ticks].reverse().map((tick) => {
        const text = `${tickLook[tick.status].label}, ${localTime(tick.timestamp)}`
        return (
          <Link
            key={tick.id}
            to={`${path}?tick=${encodeURIComponent(tick.tickId)}`}
            title={text}
            aria-label={text}
          >
            <StatusDisc kind={tickLook[tick.status].disc} label={text} />
          </Link>
        )
      })}
    </span>
  )
}

function Target({ repo, jobs, selection }: { repo: RepoAddress; jobs: string[]; selection?: string | null }) {
  const shown = jobs.filter((name) => !name.startsWith('__'))
  if (shown.length > 0) {
    return (
      <span className="row wrap">
        {shown.slice(0, 3).map((name) => (
          <Link key={name} to={jobPath(repo, name)}>
            {name}
          </Link>
        ))}
        {shown.length > 3 && <span className="muted">+{shown.length - 3}</span>}
      </span>
    )
  }
  return (
    <span className="soft clip" title={selection ?? undefined}>
      {selection ?? '–'}
    </span>
  )
}

function Schedules({ list }: { list: Row<Schedule>[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>On</th>
          <th>Schedule</th>
          <th>When</th>
          <th>Launches</th>
          <th>Last ticks</th>
          <th>Next tick</th>
          <th>Code location</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ repo, item }) => {
          const path = schedulePath(repo, item.name)
          const next =
            item.scheduleState.status === 'RUNNING' ? item.futureTicks.results[0]?.timestamp : undefined
          return (
            <tr key={item.id}>
              <td>
                <InstigatorSwitch state={item.scheduleState} />
              </td>
              <td>
                <Link to={path}>
                  <strong>{item.name}</strong>
                </Link>
              </td>
              <td title={`${item.cronSchedule} ${item.executionTimezone ?? 'UTC'}`}>
                {cronText(item.cronSchedule)} <span className="muted">{item.executionTimezone ?? 'UTC'}</span>
              </td>
              <td className="runs-target">
                <Target
                  repo={repo}
                  jobs={[item.pipelineName]}
                  selection={item.assetSelection?.assetSelectionString}
                />
              </td>
              <td>
                <TickDiscs ticks={item.scheduleState.ticks} path={path} />
              </td>
              <td>{next ? <Time at={next} /> : <span className="muted">off</span>}</td>
              <td className="soft">{repoAddressToText(repo)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Sensors({ list }: { list: Row<Sensor>[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th>On</th>
          <th>Sensor</th>
          <th>Kind</th>
          <th>Launches</th>
          <th>Last ticks</th>
          <th>Looks every</th>
          <th>Code location</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ repo, item }) => {
          const path = sensorPath(repo, item.name)
          return (
            <tr key={item.id}>
              <td>
                <InstigatorSwitch state={item.sensorState} />
              </td>
              <td>
                <Link to={path}>
                  <strong>{item.name}</strong>
                </Link>
              </td>
              <td>
                <Tag>{item.sensorType.toLowerCase().replace('_', ' ')}</Tag>
              </td>
              <td className="runs-target">
                <Target
                  repo={repo}
                  jobs={item.targets?.map((each) => each.pipelineName) ?? []}
                  selection={item.assetSelection?.assetSelectionString}
                />
              </td>
              <td>
                <TickDiscs ticks={item.sensorState.ticks} path={path} />
              </td>
              <td>{item.minIntervalSeconds} s</td>
              <td className="soft">{repoAddressToText(repo)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

export default function AutomationPage() {
  const [params, change] = useUrlParams()
  const { pathname } = useLocation()
  const query = useGql(AutomationDocument, {}, { poll: 5000 })
  const tab = params.get('tab') ?? ''
  const text = (params.get('q') ?? '').toLowerCase()
  return (
    <Page title="Automation">
      <QueryView query={query} skeleton={<SkeletonRows rows={10} />}>
        {(data) => {
          const workspace = expectType(data.workspaceOrError, 'Workspace')
          const matches = (row: Row<{ name: string; description?: string | null }>) =>
            `${row.item.name} ${row.item.description ?? ''}`.toLowerCase().includes(text)
          const schedules = rows(workspace, (each) => each.schedules).filter(matches)
          const sensors = rows(workspace, (each) => each.sensors).filter(matches)
          const current = tab || (schedules.length === 0 && sensors.length > 0 ? 'sensors' : 'schedules')
          const shown = current === 'sensors' ? sensors.length : schedules.length
          return (
            <>
              <Tabs
                label="Automation"
                items={[
                  {
                    to: { pathname, search: '?tab=schedules' },
                    label: 'Schedules',
                    count: schedules.length,
                    current: current === 'schedules',
                  },
                  {
                    to: { pathname, search: '?tab=sensors' },
                    label: 'Sensors',
                    count: sensors.length,
                    current: current === 'sensors',
                  },
                ]}
              />
              <div className="toolbar">
                <SearchInput
                  value={params.get('q') ?? ''}
                  label={`Search ${current}`}
                  onChange={(q) => change({ q })}
                />
                <span className="muted">{plural(shown, current.slice(0, -1))}</span>
              </div>
              <Panel>
                {shown === 0 ? (
                  <Empty title={text ? 'Nothing matches' : `No ${current} yet`}>
                    {current === 'schedules'
                      ? 'A schedule launches a job at times given by a cron string: decorate a function with @dg.schedule.'
                      : 'A sensor looks for something every few seconds and launches runs when it finds it: decorate a function with @dg.sensor.'}
                  </Empty>
                ) : (
                  <div className="table-wrap">
                    {current === 'sensors' ? <Sensors list={sensors} /> : <Schedules list={schedules} />}
                  </div>
                )}
              </Panel>
            </>
          )
        }}
      </QueryView>
    </Page>
  )
}
