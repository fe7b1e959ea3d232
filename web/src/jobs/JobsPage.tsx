import { useMemo } from 'react'
import { Link } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import { JobsDocument, type JobsQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import {
  isHiddenJob,
  jobPath,
  repoAddressToText,
  runPath,
  schedulePath,
  sensorPath,
  type RepoAddress,
} from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { runLook } from '../runs/status'
import { Elapsed, Empty, Panel, SearchInput, SkeletonRows, Time } from '../ui/basics'
import { Icon } from '../ui/Icon'
import { plainText } from '../ui/plainText'
import { QueryView } from '../ui/QueryView'
import { StatusDisc } from '../ui/StatusDisc'
import './jobs.css'

type RecentRun = Extract<JobsQuery['runsOrError'], { __typename: 'Runs' }>['results'][number]

function listJobs(data: JobsQuery) {
  const workspace = expectType(data.workspaceOrError, 'Workspace')
  return workspace.locationEntries.flatMap((entry) =>
    entry.locationOrLoadError?.__typename === 'RepositoryLocation'
      ? entry.locationOrLoadError.repositories.flatMap((repository) => {
          const repo: RepoAddress = { repository: repository.name, location: entry.name }
          return repository.pipelines.filter((job) => !isHiddenJob(job.name)).map((job) => ({ repo, job }))
        })
      : [],
  )
}

function runKey(repo: RepoAddress | undefined, job: string): string {
  return `${repo?.location}\n${repo?.repository}\n${job}`
}

function groupRuns(data: JobsQuery): Map<string, RecentRun[]> {
  const groups = new Map<string, RecentRun[]>()
  if (data.runsOrError.__typename !== 'Runs') return groups
  for (const run of data.runsOrError.results) {
    const origin = run.repositoryOrigin
    const key = runKey(
      origin ? { repository: origin.repositoryName, location: origin.repositoryLocationName } : undefined,
      run.jobName,
    )
    const list = groups.get(key) ?? []
    list.push(run)
    groups.set(key, list)
  }
  return groups
}

/** The last runs as a row of discs, oldest first. */
export function RunDiscs({ runs }: { runs: RecentRun[] }) {
  return (
    <span className="row disc-row">
      {runs
        .slice(0, 8)
        .reverse()
        .map((run) => (
          <Link
            key={run.id}
            to={runPath(run.id)}
            title={`${runLook(run.status).label}`}
            aria-label={`Run ${run.id}: ${runLook(run.status).label}`}
          >
            <StatusDisc kind={runLook(run.status).disc} label={runLook(run.status).label} />
          </Link>
        ))}
    </span>
  )
}

function JobTable({ data }: { data: JobsQuery }) {
  const [params, change] = useUrlParams()
  const text = (params.get('q') ?? '').toLowerCase()
  const jobs = useMemo(() => listJobs(data), [data])
  const runs = useMemo(() => groupRuns(data), [data])
  const shown = jobs.filter(({ job }) => `${job.name} ${job.description ?? ''}`.toLowerCase().includes(text))
  if (jobs.length === 0) {
    return (
      <Empty title="No jobs yet">
        A job is a graph of ops, or a selection of assets made with dg.define_asset_job, that runs as one. Add
        one to your Definitions and reload the code location.
      </Empty>
    )
  }
  return (
    <>
      <div className="toolbar">
        <SearchInput value={params.get('q') ?? ''} label="Search jobs" onChange={(q) => change({ q })} />
        <span className="muted">
          {shown.length} of {jobs.length}
        </span>
      </div>
      <Panel>
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>Job</th>
                <th>Code location</th>
                <th>Automation</th>
                <th>Recent runs</th>
                <th>Latest</th>
                <th className="num">Duration</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ repo, job }) => {
                const recent = runs.get(runKey(repo, job.name)) ?? []
                const last = recent[0]
                return (
                  <tr key={job.id}>
                    <td className="job-cell">
                      <Link to={jobPath(repo, job.name)}>
                        <strong>{job.name}</strong>
                      </Link>
                      <div className="muted clip">
                        {job.description ? plainText(job.description) : job.isAssetJob ? 'Asset job' : ''}
                      </div>
                    </td>
                    <td className="soft">{repoAddressToText(repo)}</td>
                    <td>
                      {job.schedules.map((each) => (
                        <Link key={each.id} className="tag" to={schedulePath(repo, each.name)}>
                          <Icon name="automation" size={12} /> {each.name}
                          {each.scheduleState.status === 'STOPPED' && <span className="muted">off</span>}
                        </Link>
                      ))}{' '}
                      {job.sensors.map((each) => (
                        <Link key={each.id} className="tag" to={sensorPath(repo, each.name)}>
                          <Icon name="spark" size={12} /> {each.name}
                          {each.sensorState.status === 'STOPPED' && <span className="muted">off</span>}
                        </Link>
                      ))}
                    </td>
                    <td>
                      {recent.length > 0 ? (
                        <RunDiscs runs={recent} />
                      ) : (
                        <span className="muted" title="None among the latest 250 runs">
                          –
                        </span>
                      )}
                    </td>
                    <td>
                      <Time at={last?.creationTime} />
                    </td>
                    <td className="num">
                      <Elapsed from={last?.startTime} to={last?.endTime} />
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </Panel>
    </>
  )
}

export default function JobsPage() {
  const query = useGql(JobsDocument, {}, { poll: 10_000 })
  return (
    <Page title="Jobs">
      <QueryView query={query} skeleton={<SkeletonRows rows={10} />}>
        {(data) => {
          expectType(data.workspaceOrError, 'Workspace')
          return <JobTable data={data} />
        }}
      </QueryView>
    </Page>
  )
}
