import { useLocation, useParams } from 'react-router'
import { Link } from 'react-router'
import { Page } from '../app/Page'
import { expectType } from '../graphql/errors'
import { JobPageDocument, RunsDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { parseRepoSegment, repoAddressToText, schedulePath, sensorPath, type RepoAddress } from '../lib/names'
import { useUrlParams } from '../lib/urlState'
import { RunLink, RunOriginText, RunStatusTag } from '../runs/RunBits'
import { Elapsed, Empty, Panel, Tabs, Time } from '../ui/basics'
import { Icon } from '../ui/Icon'
import { Markdown } from '../ui/Markdown'
import { MetadataList } from '../ui/Metadata'
import { QueryView } from '../ui/QueryView'
import { JobPartitions } from './JobPartitions'
import { Launchpad } from './Launchpad'
import { OpGraph } from './OpGraph'
import type { JobInfo } from './opGraph'
import { usePartitions } from './usePartitions'

function JobRuns({ job }: { job: JobInfo }) {
  const query = useGql(RunsDocument, { filter: { pipelineName: job.name }, limit: 30 }, { poll: 5000 })
  return (
    <Panel
      title="Runs"
      actions={<Link to={`/runs?q=${encodeURIComponent(`job:${job.name}`)}`}>All runs</Link>}
    >
      <QueryView query={query}>
        {(data) => {
          const runs = expectType(data.runsOrError, 'Runs').results
          if (runs.length === 0)
            return (
              <Empty small title="Never run">
                Launch it from the launchpad, or give it a schedule.
              </Empty>
            )
          return (
            <div className="table-wrap">
              <table className="table">
                <tbody>
                  {runs.map((run) => (
                    <tr key={run.id}>
                      <td>
                        <RunLink run={run} />
                      </td>
                      <td>
                        <RunStatusTag status={run.status} />
                      </td>
                      <td>
                        <RunOriginText run={run} />
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
          )
        }}
      </QueryView>
    </Panel>
  )
}

function Facts({ job, repo }: { job: JobInfo; repo: RepoAddress }) {
  return (
    <Panel title="About">
      <div className="panel-body stack">
        {job.description ? <Markdown text={job.description} /> : <p className="muted">No description.</p>}
        <dl className="defs">
          <dt>Code location</dt>
          <dd>
            <Link to={`/deployment?location=${encodeURIComponent(repo.location)}`}>
              {repoAddressToText(repo)}
            </Link>
          </dd>
          {(job.schedules.length > 0 || job.sensors.length > 0) && (
            <>
              <dt>Automation</dt>
              <dd className="row wrap">
                {job.schedules.map((each) => (
                  <Link key={each.id} className="tag" to={schedulePath(repo, each.name)}>
                    <Icon name="automation" size={12} /> {each.name}
                  </Link>
                ))}
                {job.sensors.map((each) => (
                  <Link key={each.id} className="tag" to={sensorPath(repo, each.name)}>
                    <Icon name="spark" size={12} /> {each.name}
                  </Link>
                ))}
              </dd>
            </>
          )}
          {job.tags.length > 0 && (
            <>
              <dt>Tags</dt>
              <dd className="row wrap">
                {job.tags.map((tag) => (
                  <span key={tag.key} className="tag">
                    {tag.key}: {tag.value}
                  </span>
                ))}
              </dd>
            </>
          )}
          <dt>Resources</dt>
          <dd className="mono">
            {job.modes.flatMap((mode) => mode.resources.map((each) => each.name)).join(', ') || 'none'}
          </dd>
        </dl>
        {job.metadataEntries.length > 0 && <MetadataList entries={job.metadataEntries} />}
      </div>
    </Panel>
  )
}

function JobView({ job, repo }: { job: JobInfo; repo: RepoAddress }) {
  const partitioned = usePartitions(repo, job.name).set !== undefined
  const [params] = useUrlParams()
  const { pathname } = useLocation()
  const tab = params.get('tab') ?? 'overview'
  const to = (name: string) => ({ pathname, search: name === 'overview' ? '' : `?tab=${name}` })
  return (
    <Page
      fill={tab === 'overview'}
      title={job.name}
      meta={
        <span>
          {job.isAssetJob ? 'asset job' : 'job'} in {repoAddressToText(repo)}
        </span>
      }
      tabs={
        <Tabs
          label="Job"
          items={[
            { to: to('overview'), label: 'Graph', current: tab === 'overview' },
            { to: to('launchpad'), label: 'Launchpad', current: tab === 'launchpad' },
            ...(partitioned
              ? [{ to: to('partitions'), label: 'Partitions', current: tab === 'partitions' }]
              : []),
            { to: to('runs'), label: 'Runs', current: tab === 'runs' },
            { to: to('about'), label: 'About', current: tab === 'about' },
          ]}
        />
      }
    >
      {tab === 'launchpad' ? (
        <Launchpad job={job} repo={repo} />
      ) : tab === 'partitions' ? (
        <JobPartitions job={job.name} repo={repo} />
      ) : tab === 'runs' ? (
        <JobRuns job={job} />
      ) : tab === 'about' ? (
        <Facts job={job} repo={repo} />
      ) : (
        <OpGraph job={job} />
      )}
    </Page>
  )
}

export default function JobPage() {
  const { repo: segment = '', job = '' } = useParams()
  const repo = parseRepoSegment(segment)
  const query = useGql(JobPageDocument, {
    selector: { pipelineName: job, repositoryName: repo.repository, repositoryLocationName: repo.location },
  })
  return (
    <QueryView query={query} pageTitle={job}>
      {(data) => (
        <JobView key={`${segment}/${job}`} job={expectType(data.pipelineOrError, 'Pipeline')} repo={repo} />
      )}
    </QueryView>
  )
}
